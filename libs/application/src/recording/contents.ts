/**
 * What a thing carries that is not retired, as far as the whole book at the time of asking: a site's circuits, a
 * circuit's backplates and the circuits below it. Asked before something is retired.
 */
export abstract class Contents {
  abstract ofSite(site: string): Promise<readonly string[]>;
  abstract ofCircuit(circuit: string): Promise<readonly string[]>;
}
