/**
 * What is known of persons. It is kept apart from the book, which refers to it: it can be erased, belongs to backups, and
 * is not made again from facts.
 */
export abstract class Vault {
  /** Keeps the name of who holds a credential, for those who are of the same operator; a later one takes its place. */
  abstract keepName(actorId: string, name: string, operator: string | undefined): Promise<void>;
}
