import { randomUUID } from 'node:crypto';
import type { Handler } from './grpc-server';
import { encodeMessage } from './wire';

/** The release whose protocol is spoken. */
const SERVER_VERSION = '23.10.0';
const STREAMS = 'event_store.client.streams.streams';
const LEADER = 8;
const TICKS_PER_MS = 10_000;

/** What this server can do; without `batchappend` in it clients append far more slowly. */
export const SUPPORTED_METHODS_RESPONSE = encodeMessage(
  ...['read', 'append', 'batchappend', 'delete', 'tombstone'].map(
    (method) => [1, encodeMessage([1, method], [2, STREAMS])] as const,
  ),
  [1, encodeMessage([1, 'getsupportedmethods'], [2, 'event_store.client.server_features.serverfeatures'])],
  [1, encodeMessage([1, 'read'], [2, 'event_store.client.gossip.gossip'])],
  [2, SERVER_VERSION],
);

const INSTANCE_ID = randomUUID();

/** A cluster of one, which leads itself. */
function gossipResponse(host: string, port: number): Buffer {
  const member = encodeMessage(
    [1, encodeMessage([2, INSTANCE_ID])],
    [2, Date.now() * TICKS_PER_MS],
    [3, LEADER],
    [4, 1],
    [5, encodeMessage([1, host], [2, port])],
  );
  return encodeMessage([1, member]);
}

/** ServerFeatures and Gossip: what the server is, and that it is alone. */
export function nodeMethods(endpoint: () => { host: string; port: number }): [path: string, Handler][] {
  const answering =
    (response: () => Buffer): Handler =>
    (call) =>
      call.receiveOne(() => call.answer(response()));
  const gossip = () => {
    const { host, port } = endpoint();
    return gossipResponse(host, port);
  };
  return [
    [
      '/event_store.client.server_features.ServerFeatures/GetSupportedMethods',
      answering(() => SUPPORTED_METHODS_RESPONSE),
    ],
    ['/event_store.client.gossip.Gossip/Read', answering(gossip)],
  ];
}
