/** Where facts are: asked when a command names one by its id. */
export abstract class FactIndex {
  /** The stream that holds a fact, as of the whole book at the time of asking. */
  abstract streamOf(eventId: string): Promise<string | undefined>;
}
