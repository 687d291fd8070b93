/**
 * What is known of persons. It is kept apart from the book, which refers to it: it can be erased, belongs to backups, and
 * is not made again from facts.
 */
export abstract class Vault {
  /** Keeps the name of who holds a credential, for those who are of the same operator; a later one takes its place. */
  abstract keepName(actorId: string, name: string, operator: string | undefined): Promise<void>;

  /** What facts call drivers who were told of, by what they were told as; who is new gets a reference. */
  abstract referencesOf(drivers: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /** What facts call a driver, by what it was told as or by that itself; undefined where nobody is known by it. */
  abstract findDriver(told: string): Promise<string | undefined>;

  /** From now on the reference leads nowhere. */
  abstract eraseDriver(reference: string): Promise<void>;
}
