import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import { cleanUp, eventually, ServerProcess } from './server-process.fixtures';

interface TracedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly spanId: string;
  readonly links?: readonly { traceId: string }[];
}

interface Told {
  readonly resourceSpans: readonly { scopeSpans: readonly { spans: readonly TracedSpan[] }[] }[];
}

const spans: TracedSpan[] = [];
let collector: Server;
let server: ServerProcess;

beforeAll(async () => {
  collector = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const told = JSON.parse(text) as Told;
      for (const resource of told.resourceSpans)
        for (const scope of resource.scopeSpans) spans.push(...scope.spans);
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  server = await ServerProcess.start(undefined, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${String(port)}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
});

afterAll(async () => {
  await cleanUp();
  collector.close();
});

describe('a trace', () => {
  it('leads from a command over its appends to the projections, by the correlation id', async () => {
    const correlationId = '0b6d3c4e-1f2a-4b5c-8d9e-0a1b2c3d4e5f';
    const traceId = correlationId.replaceAll('-', '');
    const document = `mutation { registerSite(input: { id: "s", name: "Yard", timeZone: "UTC" }) { __typename } }`;
    await new Book(server).query(document, {}, { 'x-correlation-id': correlationId });
    const named = (name: string) => spans.find((span) => span.name === name && span.traceId === traceId);
    const projected = () =>
      spans.find(
        ({ name, links }) => name === 'project registry' && links?.some((link) => link.traceId === traceId),
      );
    await eventually('the spans are told', () => named('append') != null && projected() != null);
    await eventually('the command is told', () => named('command registerSite') != null);
    expect(named('append')?.parentSpanId).toBe(named('command registerSite')?.spanId);
  });
});
