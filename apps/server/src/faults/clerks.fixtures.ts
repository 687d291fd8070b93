import { isDeepStrictEqual } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fact } from '@chargebook/domain';
import type { Outcome } from '../book.fixtures';
import { Book } from '../book.fixtures';
import type { ServerProcess } from '../server-process.fixtures';

/** A server at whatever address it is reached now. */
export type Reached = () => Pick<ServerProcess, 'url' | 'adminToken'>;

/** What a server may answer when it cannot: nothing is told that is not so. */
const CLEAR_ERRORS = ['SERVICE_UNAVAILABLE', 'PROJECTION_BEHIND', 'OVERLOADED', 'OUT_OF_TIME'];
/** A request that came in half, because it was cut on its way: nothing was done. */
const CUT_REQUEST = '"message":"Client Error","statusCode":400';
const NO_ANSWER = /^(fetch failed|terminated)$/;
const ANSWER_PATIENCE_MS = 45_000;
const PAUSE_BETWEEN_TRIES_MS = 50;
/** Every so many commands is a move, which writes to several streams; the others write to one. */
const MOVE_EVERY = 3;
const LOOK_EVERY = 4;

const LOOK = `query ($serial: ID!, $first: ID!, $second: ID!, $site: ID!) {
  charger(serial: $serial) { placement { backplateId } mounts: history(types: ["ChargerMounted"]) { totalCount } }
  first: backplate(id: $first) { charger { serial } } second: backplate(id: $second) { charger { serial } }
  site(id: $site) { name renames: history(types: ["SiteRenamed"]) { totalCount } } }`;

/**
 * One who keeps a site with one charger and two places, alone: moves the charger and renames the site, sends each command
 * until there is an answer, and knows therefore at any time what the book must say.
 */
export class Clerk {
  readonly outcomes: Outcome[] = [];
  /** What was answered that must never be. */
  readonly violations: string[] = [];
  readonly met = { withoutAnswer: 0, clearErrors: 0, looks: 0, looksWithoutAnswer: 0 };
  private moves = 0;
  private renames = 0;

  constructor(
    readonly name: string,
    private readonly reached: Reached,
  ) {}

  /** How many commands have been acknowledged, and looks answered. */
  get progress(): { answers: number; looks: number } {
    return { answers: this.outcomes.length, looks: this.met.looks - this.met.looksWithoutAnswer };
  }

  /** Nobody disturbs this. */
  async prepare(): Promise<void> {
    const { name } = this;
    const world: [string, object][] = [
      ['registerSite', { id: name, name: 'at first', timeZone: 'UTC' }],
      ['addCircuit', { id: `${name}.row`, site: name }],
      ['installBackplate', { id: this.placeOf(0), circuit: `${name}.row` }],
      ['installBackplate', { id: this.placeOf(1), circuit: `${name}.row` }],
      ['registerCharger', { serial: name }],
      ['mountCharger', { charger: name, backplate: this.placeOf(0) }],
    ];
    for (const [mutation, input] of world) await new Book(this.reached()).record(mutation, input);
  }

  /** Sends so many commands, one after the other, and looks between them at what the book says. */
  async work(commandCount: number, isEnough: () => boolean = () => false): Promise<void> {
    for (let n = 0; n < commandCount && !isEnough(); n++) {
      await this.sendNext();
      if (n % LOOK_EVERY === 0) await this.look();
    }
  }

  private async sendNext(): Promise<void> {
    const n = this.outcomes.length + 1;
    const isMove = n % MOVE_EVERY === 0;
    if (isMove) this.moves += 1;
    else this.renames += 1;
    const { name } = this;
    const [mutation, input] = isMove
      ? (['relocateCharger', { charger: name, backplate: this.placeOf(this.moves % 2) }] as const)
      : (['renameSite', { site: name, name: `name ${String(this.renames)}` }] as const);
    const commandId = `${name}.${String(n)}`;
    for (;;) {
      const book = this.book();
      const outcome = await this.answerOf(() => book.command(mutation, input, { commandId }));
      if (outcome != null) {
        if (outcome.__typename === 'Rejection')
          this.violations.push(`${commandId} ${mutation} was refused: ${outcome.code} ${outcome.message}`);
        this.outcomes.push(outcome);
        return;
      }
      await pause(PAUSE_BETWEEN_TRIES_MS);
    }
  }

  /** What the book says must be what was acknowledged last, or that it cannot say. */
  private async look(): Promise<void> {
    const said = await this.answerOf(() => this.said());
    this.met.looks += 1;
    if (said == null) this.met.looksWithoutAnswer += 1;
    else this.compare(said);
  }

  private async said(): Promise<unknown> {
    const position = this.outcomes.at(-1)?.position;
    return this.book().query(
      LOOK,
      { serial: this.name, first: this.placeOf(0), second: this.placeOf(1), site: this.name },
      position == null ? {} : { 'x-read-after': position },
    );
  }

  private compare(said: unknown): void {
    const expected = this.expected();
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(said)), expected))
      this.violations.push(
        `after ${String(this.outcomes.length)} commands the book says ${JSON.stringify(said)} instead of ${JSON.stringify(expected)}`,
      );
  }

  private expected(): object {
    const last = this.moves % 2;
    const [here, nobody] = [{ charger: { serial: this.name } }, { charger: null }];
    return {
      charger: { placement: { backplateId: this.placeOf(last) }, mounts: { totalCount: this.moves + 1 } },
      first: last === 0 ? here : nobody,
      second: last === 1 ? here : nobody,
      site: {
        name: this.renames === 0 ? 'at first' : `name ${String(this.renames)}`,
        renames: { totalCount: this.renames },
      },
    };
  }

  /** The answer; undefined where there is none, or an error that says plainly that there is none. */
  private async answerOf<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await ask();
    } catch (error) {
      const { name, message } = error as Error;
      // The connection broke, or nothing came. Its class is that of another realm here.
      if (NO_ANSWER.test(message) || name === 'TimeoutError') {
        this.met.withoutAnswer += 1;
        return undefined;
      }
      const codes = codesIn(message);
      const isClear = codes.length > 0 && codes.every((code) => CLEAR_ERRORS.includes(code));
      if (isClear || message.includes(CUT_REQUEST)) this.met.clearErrors += 1;
      else this.violations.push(message);
      return undefined;
    }
  }

  /** What is wrong, once nothing disturbs any more: with the store, and along both axes. */
  async faultsIn(facts: readonly Fact[]): Promise<string[]> {
    const recorded = new Map<string, string[]>();
    for (const { eventId, metadata } of facts) {
      const ids = recorded.get(metadata.commandId) ?? [];
      recorded.set(metadata.commandId, [...ids, eventId]);
    }
    const odd = this.outcomes.flatMap(({ commandId, events }) => {
      const [told, kept] = [
        events.map(({ eventId }) => eventId).sort(),
        recorded.get(commandId)?.sort() ?? [],
      ];
      return told.length > 0 && told.every((id) => kept.includes(id)) && kept.length === new Set(kept).size
        ? []
        : [`${commandId}: told ${told.join(' ')}, kept ${kept.join(' ')}`];
    });
    const mounts = facts.filter((fact) => fact.type === 'ChargerMounted' && fact.data.charger === this.name);
    const renames = facts.filter((fact) => fact.type === 'SiteRenamed' && fact.data.site === this.name);
    if (mounts.length !== this.moves + 1) odd.push(`${this.name} was mounted ${String(mounts.length)} times`);
    if (renames.length !== this.renames) odd.push(`${this.name} was renamed ${String(renames.length)} times`);
    this.compare(await this.said());
    return [...odd, ...this.violations];
  }

  private book(): Book {
    return new Book(this.reached(), ANSWER_PATIENCE_MS);
  }

  private placeOf(number: number): string {
    return `${this.name}.${String(number)}`;
  }
}

function codesIn(text: string): string[] {
  try {
    const { errors } = JSON.parse(text) as { errors?: { extensions: { code: string } }[] };
    return (errors ?? []).map(({ extensions }) => extensions.code);
  } catch {
    return [];
  }
}

/** All that several clerks have met, added up. */
export function metBy(clerks: readonly Clerk[]): Record<string, number> {
  const sum = (pick: (clerk: Clerk) => number) => clerks.reduce((total, clerk) => total + pick(clerk), 0);
  return {
    acknowledged: sum(({ outcomes }) => outcomes.length),
    'without answer': sum(({ met }) => met.withoutAnswer),
    'clear errors': sum(({ met }) => met.clearErrors),
    looks: sum(({ met }) => met.looks),
    'looks without answer': sum(({ met }) => met.looksWithoutAnswer),
  };
}
