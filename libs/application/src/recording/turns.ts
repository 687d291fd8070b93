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

  /** Does a job when it has its turn in all of some names; taken in one order by everybody, so that nobody waits in a circle. */
  async takeAll<Result>(names: readonly string[], job: () => Promise<Result>): Promise<Result> {
    const inOrder = [...new Set(names)].sort();
    return inOrder.reduceRight((inner, name) => () => this.take(name, inner), job)();
  }
}
