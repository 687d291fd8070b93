import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Book, Outcome } from './book.fixtures';
import type { Timeline } from './timeline.fixtures';
import { askTimeline } from './timeline.fixtures';

/** What an answer about a limit is expected to say; only what is there is compared. */
export interface Expectation {
  readonly charger: string;
  readonly at: string;
  readonly knownAt?: string;
  readonly sources?: readonly ExpectedSource[];
  readonly noSources?: readonly string[];
  readonly says?: readonly string[];
  readonly [plain: string]: unknown;
}

/** One of the sources of an answer; amps that are one number hold on each phase. */
export type ExpectedSource = Readonly<Record<string, unknown>> & { readonly kind: string };

interface Step {
  readonly do?: string;
  readonly observe?: string;
  readonly at?: string;
  readonly input?: object;
  readonly refused?: string;
  readonly now?: string;
  readonly expect?: Expectation;
  readonly expectSessions?: { readonly axis: string; readonly id: string; readonly ids: readonly string[] };
  /** A name by which the step can be corrected. */
  readonly as?: string;
  readonly correct?: string;
  readonly replacementAt?: string;
  readonly replacement?: object;
  readonly [ofObservation: string]: unknown;
}

/** A worked case: a fresh world, and what happens in it and is expected. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly world: readonly Step[];
  readonly steps: readonly Step[];
}

/** What the book said to the steps of a scenario. */
export interface Told {
  readonly refusals: readonly { readonly expected: string | undefined; readonly outcome: Outcome }[];
  readonly limits: readonly { readonly expected: Expectation; readonly answer: LimitAnswer }[];
  readonly sessions: readonly { readonly expected: readonly string[]; readonly ids: readonly string[] }[];
  readonly timelines: readonly Timeline[];
}

/** `effectiveLimit` over GraphQL; ids as in the scenario. */
export interface LimitAnswer {
  readonly explanation: string;
  readonly sources: readonly { readonly kind: string; readonly ofId: string }[];
  readonly [field: string]: unknown;
}

const folder = new URL('../../../libs/domain/src/limits/cases/', import.meta.url);

/** Cases that may lie beside this checkout, in the same form. */
const neighbour = new URL('../../../../shared/scenarios/limits.json', import.meta.url);

/** The worked cases of the domain's own tests. */
export function scenarios(): Scenario[] {
  const own = readdirSync(folder).flatMap((file) =>
    casesIn(new URL(file, folder), file.replace('.json', '')),
  );
  return existsSync(neighbour) ? [...own, ...casesIn(neighbour, 'neighbour')] : own;
}

function casesIn(file: URL, group: string): Scenario[] {
  const { world, scenarios: cases } = JSON.parse(readFileSync(file, 'utf8')) as {
    world: Step[];
    scenarios: Scenario[];
  };
  return cases.map((one) => ({ ...one, world, id: `${group}.${one.id}` }));
}

const LIMIT = `amps offeredAmps phases behaviour binding unknownSources blockers nextChangeAt explanation
  sources { kind amps { l1 l2 l3 } inForce endedBy endedAt binding volatile axis ofId since until }`;

/** Plays one scenario with ids of its own, so that many share a book. */
export class Player {
  private readonly refusals: { expected: string | undefined; outcome: Outcome }[] = [];
  private readonly limits: { expected: Expectation; answer: LimitAnswer }[] = [];
  private readonly sessions: { expected: readonly string[]; ids: readonly string[] }[] = [];
  private readonly moments = new Map<string, string>();
  private readonly names = new Map<string, string>();

  constructor(
    private readonly book: Book,
    private readonly suffix: string,
  ) {}

  async play({ world, steps }: Scenario): Promise<Told> {
    const commands = world.map((step) => ({ name: step.do!, ...this.toldOf(step) }));
    for (const outcome of await this.book.commands(commands))
      this.refusals.push({ expected: undefined, outcome });
    for (const step of steps) await this.take(step);
    const { refusals, limits, sessions } = this;
    return { refusals, limits, sessions, timelines: await this.askTimelines(steps) };
  }

  private async take(step: Step): Promise<void> {
    if (step.now != null) this.moments.set(step.now, await momentThatIsOver());
    else if (step.expect != null) await this.askLimit(step.expect);
    else if (step.expectSessions != null) await this.askSessions(step.expectSessions);
    else if (step.correct != null)
      this.refusals.push({ expected: step.refused, outcome: await this.correct(step) });
    else {
      const outcome = await this.tell(step);
      if (step.as != null) this.names.set(step.as, outcome.events.at(-1)!.eventId);
      this.refusals.push({ expected: step.refused, outcome });
    }
  }

  private async tell(step: Step): Promise<Outcome> {
    if (step.do != null) {
      const { input, options } = this.toldOf(step);
      return this.book.command(step.do, input, options);
    }
    const { observe: kind, at: occurredAt, as: _, refused: _refused, ...rest } = step;
    const [outcome] = await this.book.observe([{ ...this.withOwnIds(rest), kind, occurredAt }]);
    return outcome!;
  }

  /** Corrects what an earlier step told, by the name that the step was given. */
  private correct({ correct, replacementAt: replacementOccurredAt, replacement }: Step): Promise<Outcome> {
    return this.book.command('correctFact', {
      eventId: this.names.get(correct!),
      reason: 'told wrongly',
      replacementOccurredAt,
      replacementData: replacement == null ? undefined : this.withOwnIds(replacement),
    });
  }

  private toldOf({ input = {}, at }: Step) {
    return { input: this.withOwnIds(input), options: { occurredAt: at } };
  }

  private async askLimit(expected: Expectation): Promise<void> {
    const { charger } = await this.book.query<{ charger: { effectiveLimit: LimitAnswer } }>(
      `query ($charger: ID!, $at: DateTime, $knownAt: DateTime) {
        charger(serial: $charger) { effectiveLimit(at: $at, knownAt: $knownAt) { ${LIMIT} } } }`,
      {
        charger: this.own(expected.charger),
        at: expected.at,
        knownAt: this.moments.get(expected.knownAt ?? ''),
      },
    );
    const { sources, ...plain } = charger.effectiveLimit;
    const told = sources.map((source) => ({
      ...source,
      ofId: source.ofId.slice(0, -this.suffix.length),
    }));
    this.limits.push({ expected, answer: { ...plain, sources: told } });
  }

  private async askSessions({ axis, id, ids }: NonNullable<Step['expectSessions']>): Promise<void> {
    const thing = axis.toLowerCase();
    const key = thing === 'charger' ? 'serial' : 'id';
    const data = await this.book.query<{ thing: { sessions: { nodes: { id: string }[] } } }>(
      `query ($id: ID!) { thing: ${thing}(${key}: $id) { sessions { nodes { id } } } }`,
      { id: this.own(id) },
    );
    this.sessions.push({ expected: ids, ids: data.thing.sessions.nodes.map((session) => session.id) });
  }

  /** Of the charger that is looked at first, around all that happens in the case. */
  private async askTimelines(steps: readonly Step[]): Promise<Timeline[]> {
    const instants = steps.flatMap(({ at, expect }) => [at ?? [], expect?.at ?? []].flat()).sort();
    const charger = steps.find(({ expect }) => expect != null)?.expect?.charger;
    const [first, last] = [instants[0], instants.at(-1)];
    if (charger == null || first == null || last == null) return [];
    return [await askTimeline(this.book, this.own(charger), first, last)];
  }

  private withOwnIds(input: object): object {
    const ids = ['id', 'serial', 'site', 'circuit', 'backplate', 'charger', 'parent'];
    const own = Object.entries(input).map(([key, value]) => [
      key,
      ids.includes(key) ? this.own(value as string) : (value as unknown),
    ]);
    return Object.fromEntries(own) as object;
  }

  private own(id: string): string {
    return id + this.suffix;
  }
}

/** The present, once it is past: what is recorded from then on is recorded later. */
async function momentThatIsOver(): Promise<string> {
  const nowMs = Date.now();
  while (Date.now() <= nowMs) await pause(1);
  return new Date(nowMs).toISOString();
}
