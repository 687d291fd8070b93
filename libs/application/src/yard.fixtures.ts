import type { Instant } from '@chargebook/domain';
import { accepted } from './write-side.fixtures';
import type { WriteSide } from './write-side.fixtures';

/** Since when the things of a yard are there: long before any spec plays. */
export const BUILT_AT: Instant = '2026-01-01T00:00:00.000Z';

let things = 0;

/** An id that no other spec of the file uses. */
export function anId(prefix: string): string {
  things += 1;
  return `${prefix}${String(things)}`;
}

/** A site with a circuit, empty backplates on it, and chargers in store. */
export interface Yard {
  readonly site: string;
  readonly circuit: string;
  readonly backplates: readonly [string, ...string[]];
  readonly chargers: readonly [string, ...string[]];
}

export async function buildYard(
  node: WriteSide,
  size: { backplates?: number; chargers?: number } = {},
): Promise<Yard> {
  const yard = {
    site: anId('S'),
    circuit: anId('K'),
    backplates: several('P', size.backplates ?? 1),
    chargers: several('C', size.chargers ?? 1),
  };
  const { site, circuit } = yard;
  const context = { occurredAt: BUILT_AT };
  accepted(
    await node.site({ type: 'registerSite', id: site, name: 'Harbour', timeZone: 'Europe/Oslo' }, context),
  );
  accepted(await node.circuit({ type: 'addCircuit', id: circuit, site, fuseRatingAmps: 32 }, context));
  await Promise.all([
    ...yard.backplates.map(async (id) =>
      accepted(await node.backplate({ type: 'installBackplate', id, circuit }, context)),
    ),
    ...yard.chargers.map(async (serial) =>
      accepted(await node.charger({ type: 'registerCharger', serial }, context)),
    ),
  ]);
  return yard;
}

function several(prefix: string, count: number): [string, ...string[]] {
  const [first = anId(prefix), ...rest] = Array.from({ length: count }, () => anId(prefix));
  return [first, ...rest];
}
