import { describe, expect, it } from '@jest/globals';
import { inOrderByKey } from './in-order';
import { Turns } from './turns';

/** A job that ends when it is told to. */
function aJob<Result>(result: Result) {
  const job = { isBegun: false, end: (): void => undefined, fail: (_fault: Error): void => undefined };
  const ended = new Promise<Result>((resolve, reject) => {
    job.end = () => {
      resolve(result);
    };
    job.fail = reject;
  });
  const run = () => {
    job.isBegun = true;
    return ended;
  };
  return Object.assign(job, { run });
}

/** Lets everything happen that nobody has to wait for. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('jobs of one name', () => {
  it('are done one after the other, and others beside them', async () => {
    const turns = new Turns();
    const [first, second, other, nameless] = [aJob(1), aJob(2), aJob(3), aJob(4)];
    const results = Promise.all([
      turns.take('a', first.run),
      turns.take('a', second.run),
      turns.take('b', other.run),
      turns.take(undefined, nameless.run),
    ]);

    await settle();
    expect([first, second, other, nameless].map(({ isBegun }) => isBegun)).toEqual([true, false, true, true]);
    first.end();
    await settle();
    expect(second.isBegun).toBe(true);
    for (const job of [second, other, nameless]) job.end();
    expect(await results).toEqual([1, 2, 3, 4]);
  });

  it('go on after one that fails, which fails alone', async () => {
    const turns = new Turns();
    const [first, second] = [aJob(1), aJob(2)];
    const [one, two] = [turns.take('a', first.run), turns.take('a', second.run)];

    first.fail(new Error('no answer'));
    second.end();

    await expect(one).rejects.toThrow('no answer');
    expect(await two).toBe(2);
    expect(await turns.take('a', () => Promise.resolve(3))).toBe(3);
  });
});

describe('jobs of several names', () => {
  it('have all of them to themselves, and do not wait in a circle, in whichever order they name them', async () => {
    const turns = new Turns();
    const [first, second, third] = [aJob(1), aJob(2), aJob(3)];
    const results = Promise.all([
      turns.takeAll(['a', 'b'], first.run),
      turns.takeAll(['c', 'b', 'a', 'b'], second.run),
      turns.take('c', third.run),
    ]);

    await settle();
    expect([first, second, third].map(({ isBegun }) => isBegun)).toEqual([true, false, true]);
    first.end();
    await settle();
    expect(second.isBegun).toBe(false);
    third.end();
    await settle();
    expect(second.isBegun).toBe(true);
    second.end();
    expect(await results).toEqual([1, 2, 3]);
  });
});

describe('jobs by key', () => {
  it('keep their order within a key, run beside other keys in bounds, and give results in the order of the jobs', async () => {
    const jobs = Array.from({ length: 60 }, (_, index) => ({ key: String(index % 7), index }));
    const begun: number[] = [];
    let running = 0;
    let mostRunning = 0;

    const results = await inOrderByKey(
      jobs,
      ({ key }) => key,
      3,
      async ({ index }) => {
        begun.push(index);
        running += 1;
        mostRunning = Math.max(mostRunning, running);
        await settle();
        running -= 1;
        return index * 10;
      },
    );

    expect(results).toEqual(jobs.map(({ index }) => index * 10));
    expect(mostRunning).toBe(3);
    for (let key = 0; key < 7; key++) {
      const ofKey = begun.filter((index) => index % 7 === key);
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
    }
  });

  it('need no jobs', async () => {
    expect(await inOrderByKey([], String, 3, () => Promise.resolve(1))).toEqual([]);
  });
});
