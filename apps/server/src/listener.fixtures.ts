import { once } from 'node:events';
import type { Client } from 'graphql-ws';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { ServerProcess } from './server-process.fixtures';
import { eventually } from './server-process.fixtures';

/** What one subscription was told, and how it ended. */
export class Heard<Data> {
  readonly told: Data[] = [];
  readonly toldAtMs: number[] = [];
  /** The errors, or the closing, that ended it. */
  problem: unknown;
  isOver = false;

  constructor(readonly leave: () => void) {}

  /** Waits until that much was told, or it is over. */
  async until(count: number): Promise<readonly Data[]> {
    await eventually(`${String(count)} things are told`, () =>
      Promise.resolve(this.told.length >= count || this.isOver),
    );
    if (this.told.length < count) throw new Error(`it ended: ${JSON.stringify(this.problem)}`);
    return this.told;
  }

  async end(): Promise<unknown> {
    await eventually('it is over', () => Promise.resolve(this.isOver));
    return this.problem;
  }
}

/** A partner's program that listens over WebSocket. */
export class Listener {
  private readonly client: Client;

  constructor(server: ServerProcess, token: string = server.adminToken) {
    this.client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
    });
  }

  listen<Data>(
    query: string,
    variables: Record<string, unknown> = {},
    extensions: Record<string, unknown> = {},
  ): Heard<Data> {
    const heard = new Heard<Data>(() => {
      leave();
    });
    const over = (problem?: unknown) => {
      heard.problem = problem;
      heard.isOver = true;
    };
    const leave = this.client.subscribe<Data>(
      { query, variables, extensions },
      {
        next: ({ data, errors }) => {
          if (errors != null) over(errors);
          else if (data != null) {
            heard.told.push(data);
            heard.toldAtMs.push(Date.now());
          }
        },
        error: over,
        complete: () => {
          over();
        },
      },
    );
    return heard;
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}

/** A socket that speaks for itself, and the code with which it is closed. */
export async function closeCodeOf(
  server: ServerProcess,
  ...messages: readonly object[]
): Promise<[number, string]> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  for (const message of messages) socket.send(JSON.stringify(message));
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, reason.toString()];
}
