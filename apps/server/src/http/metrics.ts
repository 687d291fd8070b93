import type { SigningState } from '@chargebook/audit';
import type { BookQueries } from '@chargebook/read-models';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Figures about the running server, in Prometheus' text form. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requestSeconds: Histogram;
  private readonly commands: Counter;
  private readonly shed: Counter;
  private readonly faults: Counter;
  private readonly signingGauge: Gauge;

  private readonly projections: Readonly<
    Record<'sequence' | 'lagFacts' | 'lagSeconds' | 'quarantined', Gauge>
  >;

  constructor(private readonly book: Pick<BookQueries, 'projections'>) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requestSeconds = new Histogram({
      name: 'chargebook_http_request_duration_seconds',
      help: 'Time from a request to its answer',
      labelNames: ['route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    });
    this.shed = new Counter({
      name: 'chargebook_requests_shed_total',
      help: 'Operations that were turned away because there was more to do than could be done in time',
      registers,
    });
    this.commands = new Counter({
      name: 'chargebook_commands_total',
      help: 'Commands by outcome: recorded, dry-run or the code of the refusal',
      labelNames: ['outcome'],
      registers,
    });
    this.faults = new Counter({
      name: 'chargebook_projector_faults_total',
      help: 'Failures of the projector to read or write; each was tried again',
      registers,
    });
    this.signingGauge = new Gauge({
      name: 'chargebook_checkpoint_signing',
      help: 'Whether checkpoints are signed: 1 for the state that holds; REFUSED: the book is not what was signed',
      labelNames: ['state'],
      registers,
    });
    const gauge = (name: string, help: string) =>
      new Gauge({ name: `chargebook_projection_${name}`, help, labelNames: ['projection'], registers });
    this.projections = {
      sequence: gauge('sequence', 'The last fact that the projection has taken in'),
      lagFacts: gauge('lag_facts', 'Facts that are recorded and not yet taken in'),
      lagSeconds: gauge('lag_seconds', 'How long ago the projection was up to date'),
      quarantined: gauge('quarantined', 'Things that could not be brought up to date'),
    };
  }

  observeRequest(route: string, status: number, seconds: number): void {
    this.requestSeconds.observe({ route, status: String(status) }, seconds);
  }

  countShed(): void {
    this.shed.inc();
  }

  countCommand(outcome: string): void {
    this.commands.inc({ outcome });
  }

  countFault(): void {
    this.faults.inc();
  }

  set signing(kind: SigningState['kind']) {
    for (const state of ['SIGNING', 'NO_KEY', 'REFUSED'] as const)
      this.signingGauge.set({ state }, state === kind ? 1 : 0);
  }

  async text(): Promise<string> {
    await this.lookAtProjections();
    return this.registry.metrics();
  }

  /** Looked at when somebody asks; where that cannot be done there are no figures rather than old ones. */
  private async lookAtProjections(): Promise<void> {
    const { sequence, lagFacts, lagSeconds, quarantined } = this.projections;
    for (const gauge of Object.values(this.projections)) gauge.reset();
    const projections = await this.book.projections().catch(() => []);
    for (const projection of projections) {
      const labels = { projection: projection.name };
      sequence.set(labels, projection.sequence);
      lagFacts.set(labels, Number.parseInt(projection.lagFacts, 10));
      lagSeconds.set(labels, projection.lagSeconds);
      quarantined.set(labels, projection.quarantined.length);
    }
  }
}
