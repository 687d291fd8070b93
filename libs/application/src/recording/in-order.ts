/**
 * Runs jobs that share a key one after the other, and up to a number of keys side by side.
 *
 * @returns the results in the order of the jobs
 */
export async function inOrderByKey<Job, Result>(
  jobs: readonly Job[],
  keyOf: (job: Job) => string,
  mostAtOnce: number,
  run: (job: Job) => Promise<Result>,
): Promise<Result[]> {
  const queues = new Map<string, number[]>();
  jobs.forEach((job, index) => {
    const key = keyOf(job);
    const queue = queues.get(key);
    if (queue == null) queues.set(key, [index]);
    else queue.push(index);
  });
  const results: Result[] = [];
  const waiting = queues.values();
  async function work(): Promise<void> {
    for (const queue of waiting) {
      for (const index of queue) results[index] = await run(jobs[index] as Job);
    }
  }
  await Promise.all(Array.from({ length: Math.min(mostAtOnce, queues.size) }, work));
  return results;
}
