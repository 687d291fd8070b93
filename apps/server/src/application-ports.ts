import type { CommandIndex, Outcome } from '@chargebook/application';
import { Contents, FactIndex, Vault } from '@chargebook/application';
import type { BookQueries, CommandKey, People } from '@chargebook/read-models';
import DataLoader from 'dataloader';
import type { Logger } from 'pino';

const MOST_KEYS_AT_ONCE = 1_000;

/**
 * A reuse of a key on another thing is caught where the read models can be asked; without them commands go on. Keys that
 * are asked for while a look-up is under way are looked up together after it.
 */
export function commandIndex(book: BookQueries, log: Logger): CommandIndex {
  let underWay: Promise<unknown> = Promise.resolve();
  const lookUp = (keys: readonly CommandKey[]) => {
    const found = book.findCommands(keys);
    underWay = found.catch(() => undefined);
    return found;
  };
  const loader = new DataLoader(lookUp, {
    cache: false,
    maxBatchSize: MOST_KEYS_AT_ONCE,
    batchScheduleFn: (begin) => void underWay.then(begin),
  });
  return {
    find: async (key) => {
      try {
        return await loader.load(key);
      } catch (error) {
        log.debug({ err: error }, 'could not look for an earlier use of a command id');
        return undefined;
      }
    },
  };
}

/** How an outcome is counted. */
export function labelOf(outcome: Outcome): string {
  if (outcome.refused) return outcome.code;
  return outcome.dryRun ? 'dry-run' : 'recorded';
}

export class ContentsOfReadModels extends Contents {
  constructor(private readonly book: BookQueries) {
    super();
  }

  ofSite(site: string): Promise<readonly string[]> {
    return this.book.circuitsInUse(site);
  }

  ofCircuit(circuit: string): Promise<readonly string[]> {
    return this.book.contentsInUse(circuit);
  }
}

export class FactsOfReadModels extends FactIndex {
  constructor(private readonly book: BookQueries) {
    super();
  }

  streamOf(eventId: string): Promise<string | undefined> {
    return this.book.streamOfFact(eventId);
  }
}

export class VaultOfReadModels extends Vault {
  constructor(private readonly people: People) {
    super();
  }

  keepName(actorId: string, name: string, operator: string | undefined): Promise<void> {
    return this.people.keepName(actorId, name, operator);
  }

  referencesOf(drivers: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.people.referencesOf(drivers);
  }

  findDriver(told: string): Promise<string | undefined> {
    return this.people.findDriver(told);
  }

  eraseDriver(reference: string): Promise<void> {
    return this.people.eraseDriver(reference);
  }
}
