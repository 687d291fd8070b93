/**
 * Jobs of one name are done one after the other, in the order in which they were asked for: commands on one thing would
 * only lose to each other at the store.
 */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Does a job in its turn; at once where it has no name. */
  async take<Result>(name: string | undefined, job: () => Promise<Result>): Promise<Result> {
    if (name == null) return job();
    const before = this.last.get(name);
    const mine = before == null ? job() : before.then(job, job);
    this.last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.last.get(name) === mine) this.last.delete(name);
    }
  }
}
