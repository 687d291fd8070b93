import { createHash } from 'node:crypto';
import type { CommandContext } from '@chargebook/application';
import type { EventStore } from '@chargebook/event-store';
import type { Projection } from '@chargebook/read-models';
import type { Context, Link, Span, Tracer } from '@opentelemetry/api';
import { context, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import type { CommandBus } from '@nestjs/cqrs';

/**
 * Traces of what is done: a command, the appends that it leads to, and the projections that take its facts in. They hang
 * together by the correlation id, which every fact carries: a trace is named after it, so nothing else has to be kept.
 */
export interface Tracing {
  store(store: EventStore): EventStore;
  projections(projections: readonly Projection[]): readonly Projection[];
  commands(bus: Pick<CommandBus, 'execute'>): void;
  /** Sends what has not been sent. */
  stop(): Promise<void>;
}

/** Nothing is traced unless somebody asks for it, and then costs nothing. */
export const untraced: Tracing = {
  store: (store) => store,
  projections: (projections) => projections,
  commands: () => undefined,
  stop: () => Promise.resolve(),
};

/** Sends traces by OTLP to where the standard variables (OTEL_EXPORTER_OTLP_...) say. */
export async function startTracing(): Promise<Tracing> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({
    serviceName: 'chargebook',
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  const tracer = trace.getTracer('chargebook');
  return {
    store: (store) => tracedStore(tracer, store),
    projections: (projections) => projections.map((projection) => tracedProjection(tracer, projection)),
    commands: (bus) => {
      traceCommands(tracer, bus);
    },
    stop: () => sdk.shutdown(),
  };
}

function traceCommands(tracer: Tracer, bus: Pick<CommandBus, 'execute'>): void {
  const execute = bus.execute.bind(bus) as (command: object) => Promise<unknown>;
  const traced = (command: Partial<Recorded>) => {
    const correlationId = command.context?.correlationId;
    if (correlationId == null) return execute(command);
    const name = `command ${command.command?.type ?? command.constructor?.name ?? ''}`;
    const around = trace.setSpanContext(context.active(), spanContextOf(correlationId));
    return within(tracer, name, around, () => execute(command), {
      'chargebook.correlation_id': correlationId,
      'chargebook.dry_run': command.context?.dryRun ?? false,
    });
  };
  bus.execute = traced as CommandBus['execute'];
}

interface Recorded {
  readonly command: { readonly type?: string };
  readonly context: CommandContext;
}

function tracedStore(tracer: Tracer, store: EventStore): EventStore {
  return {
    append: (stream, facts, expected) =>
      within(tracer, 'append', context.active(), () => store.append(stream, facts, expected), {
        'chargebook.stream': stream,
        'chargebook.facts': facts.length,
      }),
    read: (stream, fromRevision) => store.read(stream, fromRevision),
    follow: (options) => store.follow(options),
    head: () => store.head(),
    close: () => store.close(),
  };
}

/** A batch holds facts of many commands: its span is linked to the trace of each. */
function tracedProjection(tracer: Tracer, projection: Projection): Projection {
  return {
    ...projection,
    take: (transaction, news, after) => {
      const ids = new Set([...news.values()].flat().map(({ metadata }) => metadata.correlationId));
      const links: Link[] = [...ids].slice(0, MOST_LINKS).map((id) => ({ context: spanContextOf(id) }));
      return within(
        tracer,
        `project ${projection.name}`,
        context.active(),
        () => projection.take(transaction, news, after),
        { 'chargebook.things': news.size },
        links,
      );
    },
  };
}

/** More than anybody follows; a rebuild takes in many thousands at once. */
const MOST_LINKS = 100;

function within<Result>(
  tracer: Tracer,
  name: string,
  around: Context,
  run: () => Promise<Result>,
  attributes: Readonly<Record<string, string | number | boolean>>,
  links: Link[] = [],
): Promise<Result> {
  return tracer.startActiveSpan(name, { attributes, links }, around, async (span) => {
    try {
      return await run();
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : undefined });
}

/** The trace that belongs to a correlation id, whichever process tells of it. */
export function spanContextOf(correlationId: string) {
  const digest = createHash('sha256').update(correlationId).digest('hex');
  const isUuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(correlationId);
  const traceId = isUuid ? correlationId.replaceAll('-', '').toLowerCase() : digest.slice(0, 32);
  return { traceId, spanId: digest.slice(32, 48), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}
