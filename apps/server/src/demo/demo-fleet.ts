import { DEMO_FLEET, fillBook, findFleet, overHttp } from '@chargebook/simulation';
import type { Found } from '@chargebook/simulation';

/** How far the demo fleet is told. */
export interface DemoProgress {
  /** NONE: not asked for since the server has started. */
  readonly state: 'NONE' | 'RUNNING' | 'DONE' | 'FAILED';
  readonly factsTold: number;
  readonly factsTotal: number;
  /** What went wrong, in a sentence. */
  readonly message: string | null;
}

/** Fills this server's own book with a fleet to look at, as any other program would: over GraphQL. */
export class DemoFleet {
  private address: string | undefined;
  private now: DemoProgress = { state: 'NONE', factsTold: 0, factsTotal: 0, message: null };
  private running: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  get progress(): DemoProgress {
    return this.now;
  }

  /** @param url where the server answers, such as `http://127.0.0.1:4000` */
  answersAt(url: string): void {
    this.address = `${url}/graphql`;
  }

  /** What kind of actor a token stands for; throws where it stands for nobody. */
  async kindOf(token: string): Promise<string> {
    const { me } = await this.sendAs(token)({ query: '{ me { kind } }', variables: {}, channel: 'CONSOLE' });
    return (me as { kind: string }).kind;
  }

  /** Whether there is anything to fill: the book is empty, or holds a part of the fleet. */
  async isPossible(token: string): Promise<boolean> {
    try {
      const { isEmpty, fleet }: Found = await findFleet(this.sendAs(token), DEMO_FLEET);
      return isEmpty || fleet?.isComplete === false;
    } catch {
      return false;
    }
  }

  /**
   * Begins to fill, or joins what is under way.
   *
   * @returns resolves when it is done, well or not
   */
  fill(token: string): Promise<void> {
    if (this.now.state !== 'RUNNING') {
      this.now = { state: 'RUNNING', factsTold: 0, factsTotal: 0, message: null };
      this.running = this.run(token);
    }
    return this.running;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private sendAs(token: string) {
    if (this.address == null) throw new Error('the server does not answer yet');
    return overHttp(this.address, token, this.stopping.signal);
  }

  private async run(token: string): Promise<void> {
    const { signal } = this.stopping;
    try {
      const { refused } = await fillBook(this.sendAs(token), DEMO_FLEET, {
        nowMs: Date.now(),
        signal,
        onProgress: (factsTold, factsTotal) => {
          this.now = { ...this.now, factsTold, factsTotal };
        },
      });
      if (signal.aborted) throw new Error('The server is stopping; the fleet is not complete.');
      const [first] = refused;
      if (first == null) this.now = { ...this.now, state: 'DONE' };
      else throw new Error(`The book refused ${String(refused.length)} facts: ${first.message ?? ''}`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.now = { ...this.now, state: 'FAILED', message };
    }
  }
}
