// A thread that speaks as an event store does and keeps nothing: it answers each call with bytes that it has at hand. What a client does
// with it in a second is the most that it does with any server on this machine.
import http2, { type ServerHttp2Stream } from 'node:http2';
import { parentPort, workerData } from 'node:worker_threads';
/* The answers are to be those of the store. */
/* eslint-disable @nx/enforce-module-boundaries */
import { framed, FrameReader } from '../../../libs/embedded-eventstore/src/grpc-frames';
import { SUPPORTED_METHODS_RESPONSE } from '../../../libs/embedded-eventstore/src/node-services';
import { encodeRecordedEvent } from '../../../libs/embedded-eventstore/src/recorded-event';
import { decodeReadRequest } from '../../../libs/embedded-eventstore/src/requests';
import {
  batchAppendedResponse,
  CAUGHT_UP_RESPONSE,
  confirmationResponse,
} from '../../../libs/embedded-eventstore/src/responses';
/* eslint-enable @nx/enforce-module-boundaries */
import type { AnswersSettings } from './event-store-subjects';

const { socketPath, events, proposed } = workerData as AnswersSettings;
const EVENTS_TOGETHER = 100;
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const BODY_OF_ID = 4;
const ID_BYTES = 36;

const event = encodeRecordedEvent(
  { ...proposed, data: Buffer.from(proposed.data), customMetadata: Buffer.from(proposed.customMetadata) },
  { stream: 'charger-1', revision: 1_234, position: 12_345_678, createdMs: Date.now() },
);
const manyEvents = framed(Array<Buffer>(EVENTS_TOGETHER).fill(event));

function answerRead(call: ServerHttp2Stream, { subscribe }: { subscribe: boolean }): void {
  let left = Math.ceil(events / EVENTS_TOGETHER);
  const pump = () => {
    while (left > 0) {
      left -= 1;
      if (!call.write(manyEvents)) {
        call.once('drain', pump);
        return;
      }
    }
    if (subscribe) call.write(framed([CAUGHT_UP_RESPONSE]));
    else call.end();
  };
  if (subscribe) call.write(framed([confirmationResponse('a subscription')]));
  pump();
}

const anAppend = {
  correlationId: '0'.repeat(ID_BYTES),
  target: { stream: 'charger-1', expected: 'any' },
} as const;
const answerToAppend = batchAppendedResponse(anAppend, 1_234, 12_345_678);

/** The answer with the request's own id in it, which comes first in both. */
function answered(request: Buffer): Buffer {
  const answer = Buffer.from(answerToAppend);
  request.copy(answer, BODY_OF_ID, BODY_OF_ID, BODY_OF_ID + ID_BYTES);
  return answer;
}

function isLastOfItsAppend(request: Buffer): boolean {
  // A final frame ends with its field 4, a true.
  return request.at(-2) === 0x20 && request.at(-1) === 1;
}

const server = http2.createServer({ settings: { initialWindowSize: MAX_MESSAGE_BYTES } });
server.on('stream', (call, headers) => {
  call.on('error', () => undefined);
  call.respond({ 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  call.on('wantTrailers', () => {
    call.sendTrailers({ 'grpc-status': '0' });
  });
  const method = headers[':path']?.split('/').at(-1);
  const requests = new FrameReader(MAX_MESSAGE_BYTES);
  call.on('data', (chunk: Buffer) => {
    const messages = requests.take(chunk).map(({ message }) => message);
    if (method === 'BatchAppend') call.write(framed(messages.filter(isLastOfItsAppend).map(answered)));
    else if (method === 'Read') for (const message of messages) answerRead(call, decodeReadRequest(message));
    else call.end(framed([SUPPORTED_METHODS_RESPONSE]));
  });
  call.on('end', () => {
    if (method === 'BatchAppend') call.end();
  });
});
server.listen(socketPath, () => parentPort?.postMessage('listening'));
