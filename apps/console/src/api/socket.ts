import type { Client as SocketClient } from 'graphql-ws';
import { useEffect, useRef } from 'react';
import { requestByHash } from '../documents/by-hash';
import { tokenOfTab } from './token';

let client: Promise<SocketClient> | undefined;
let clientToken: string | undefined;

/** One socket for all that is followed; it comes back by itself, for as long as somebody follows something. */
function socketFor(token: string): Promise<SocketClient> {
  if (client == null || clientToken !== token) {
    void client?.then((old) => old.dispose());
    clientToken = token;
    client = import('graphql-ws').then(({ createClient }) =>
      createClient({
        url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
        connectionParams: { authorization: `Bearer ${token}` },
        lazy: true,
        keepAlive: 20_000,
        retryAttempts: Infinity,
        shouldRetry: () => true,
      }),
    );
  }
  return client;
}

/** Calls back at each event of a subscription; the first event after a loss of the line tells where things are now. */
export function useSubscription(
  document: string,
  variables: Record<string, unknown>,
  onEvent: () => void,
): void {
  const latest = useRef(onEvent);
  latest.current = onEvent;
  const key = JSON.stringify(variables);
  useEffect(() => {
    const token = tokenOfTab();
    if (token == null) return undefined;
    let isOver = false;
    let stop: (() => void) | undefined;
    void socketFor(token).then((socket) => {
      if (isOver) return;
      stop = socket.subscribe(
        { query: '', ...requestByHash(document), variables: JSON.parse(key) as Record<string, unknown> },
        // Without the line, the look at the book once a second still shows what is new.
        { next: () => latest.current(), error: () => undefined, complete: () => undefined },
      );
    });
    return () => {
      isOver = true;
      stop?.();
    };
  }, [document, key]);
}
