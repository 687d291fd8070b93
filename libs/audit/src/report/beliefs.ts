import type { Instant } from '@chargebook/domain';
import type { ReportArguments } from './report-arguments';
import type { EventData, Setting } from './setting-values';
import { settingsOf, settingsToldBy } from './setting-values';
import type { Asked, ToldBefore, ValuesBefore } from './values-before.queries';
import { isNewer } from './values-before.queries';

/** A fact as far as it changes what is believed. */
export interface TellingFact {
  readonly sequence: number;
  readonly type: string;
  readonly happened_at: Instant;
  readonly device_sequence: number | null;
  readonly charger: string | null;
  readonly backplate: string | null;
  readonly circuit: string | null;
  readonly site: string | null;
  /** What it tells; absent where that is no setting. */
  readonly data?: EventData;
  /** The fact that it corrects, and the things of that fact. */
  readonly wrong: Things | null;
  readonly corrects: string | null;
  /** By which fact it is corrected. */
  readonly correction: number | null;
  readonly problem: string | null;
}

type Things = Readonly<Record<Setting['of'], string | null>>;

/** A question, and the answer once it is known. */
interface Open extends Asked {
  readonly key: string;
}

const KINDS = ['charger', 'backplate', 'circuit', 'site'] as const;
/** As many settings are remembered; of others it is looked up again. */
const MOST_REMEMBERED = 50_000;
/** Whatever happened, it was not later. */
const LAST_INSTANT = '9999-12-31T23:59:59.999Z';

/**
 * What the book believed before each fact of a report. As the facts come in the order of the book, it is mostly what the fact
 * before said: only where something was corrected or told late, or is asked for the first time, it is looked up.
 */
export class Beliefs {
  /** What was told last of each setting, by time; undefined where nothing was. */
  private readonly newest = new Map<string, ToldBefore | undefined>();

  constructor(
    private readonly values: Pick<ValuesBefore, 'of'>,
    private readonly report: ReportArguments,
  ) {}

  /**
   * Goes on with the next facts of the book that name the report's thing: all of them.
   *
   * @param asked in the order of these facts
   * @returns an answer for each question
   */
  async before(facts: readonly TellingFact[], asked: readonly Asked[]): Promise<(ToldBefore | undefined)[]> {
    const { scope } = this.report;
    const isFollowed = ({ setting, id }: Asked) =>
      scope.kind === 'book' || (scope.kind === setting.of && scope.id === id);
    const answers = new Map<Asked, ToldBefore | undefined>();
    const followed = asked.filter(isFollowed).map((one): [Asked, Open] => [one, { ...one, key: keyOf(one) }]);
    const begun = await this.begin(
      facts,
      followed.map(([, open]) => open),
    );
    const late = this.follow(facts, followed, begun, answers);
    const looked = [...late, ...asked.filter((one) => !isFollowed(one))];
    const found = await this.values.of(looked, this.report);
    looked.forEach((one, index) => answers.set(one, found[index]));
    this.forgetOldest();
    return asked.map((one) => answers.get(one));
  }

  /** Looks up what was told last of settings that are not remembered, as each was when it is first asked for. */
  private async begin(
    facts: readonly TellingFact[],
    asked: readonly Open[],
  ): Promise<ReadonlyMap<Open, ToldBefore | undefined>> {
    const known = new Set<string>();
    const forgotten = new Set<string>();
    const wanted: Open[] = [];
    let next = 0;
    for (const fact of facts) {
      for (let one = asked[next]; one?.sequence === fact.sequence; one = asked[(next += 1)]) {
        const { key } = one;
        if (!known.has(key) && (forgotten.has(key) || !this.newest.has(key))) wanted.push(one);
        known.add(key);
      }
      for (const key of keysCorrectedBy(fact)) {
        known.delete(key);
        forgotten.add(key);
      }
    }
    const found = await this.values.of(
      wanted.map((one) => ({ ...one, occurredAt: LAST_INSTANT })),
      this.report,
    );
    return new Map(wanted.map((one, index) => [one, found[index]]));
  }

  /** @returns the questions that this does not answer: what was told last happened later than what is asked about */
  private follow(
    facts: readonly TellingFact[],
    asked: readonly (readonly [Asked, Open])[],
    begun: ReadonlyMap<Open, ToldBefore | undefined>,
    answers: Map<Asked, ToldBefore | undefined>,
  ): Asked[] {
    const late: Asked[] = [];
    let next = 0;
    for (const fact of facts) {
      for (let one = asked[next]; one?.[1].sequence === fact.sequence; one = asked[(next += 1)]) {
        const [question, open] = one;
        if (begun.has(open)) this.newest.set(open.key, begun.get(open));
        const last = this.newest.get(open.key);
        if (last == null || last.occurredAt <= open.occurredAt) answers.set(question, last);
        else late.push(question);
      }
      this.take(fact);
      for (const key of keysCorrectedBy(fact)) this.newest.delete(key);
    }
    return late;
  }

  private take(fact: TellingFact): void {
    const { sequence, type, data, happened_at: occurredAt, device_sequence: deviceSequence } = fact;
    if (data == null || fact.problem != null) return;
    if (fact.correction != null && fact.correction <= sequence) return;
    for (const setting of settingsToldBy(type)) {
      const id = fact[setting.of];
      if (id == null) continue;
      const key = keyOf({ setting, id });
      if (!this.newest.has(key)) continue;
      const last = this.newest.get(key);
      const told = { sequence, occurredAt, deviceSequence, type, data };
      if (last == null || isNewer(told, last)) this.newest.set(key, told);
    }
  }

  private forgetOldest(): void {
    for (const key of this.newest.keys()) {
      if (this.newest.size <= MOST_REMEMBERED) return;
      this.newest.delete(key);
    }
  }
}

function keyOf({ setting, id }: Pick<Asked, 'setting' | 'id'>): string {
  return `${setting.of}:${id} ${setting.name}`;
}

/** Settings of which a correction may have changed what was told last. */
function keysCorrectedBy(fact: TellingFact): string[] {
  if (fact.corrects == null) return [];
  return [fact, fact.wrong].flatMap((things) =>
    KINDS.flatMap((kind) => {
      const id = things?.[kind];
      return id == null ? [] : settingsOf(kind).map((setting) => keyOf({ setting, id }));
    }),
  );
}
