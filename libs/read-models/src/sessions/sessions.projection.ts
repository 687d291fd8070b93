import type { Instant, Session } from '@chargebook/domain';
import { SESSION_FACTS } from '@chargebook/domain';
import type { Transaction } from '../database/database';
import type { Projection } from '../projector/projection';
import { idsOfThings } from '../projector/projection';
import { VersionedRows } from '../projector/versioned-rows';
import { ChargerSessions } from './charger-sessions';
import { factsFrom, windowsOf } from './session-window';

const TYPES: readonly string[] = [...SESSION_FACTS, 'EnergyReadingRecorded', 'FactRetracted', 'FactReplaced'];

interface SessionRow {
  readonly id: string;
  readonly charger: string;
  readonly started_at: Instant;
  readonly ended_at: Instant | null;
  readonly end_cause: string | null;
  readonly cut_by_move: boolean;
  readonly told_energy_watt_hours: number | null;
  readonly driver_reference: string | null;
}

interface EnergyRow {
  readonly charger: string;
  readonly session: string;
  readonly started_at: Instant;
  readonly at: Instant;
  readonly placed_at: Instant;
  readonly watt_hours: number;
}

const SESSION_COLUMNS = [
  'id',
  'charger',
  'started_at',
  'ended_at',
  'end_cause',
  'cut_by_move',
  'told_energy_watt_hours',
  'driver_reference',
] as const;
const ENERGY_COLUMNS = ['charger', 'session', 'started_at', 'at', 'placed_at', 'watt_hours'] as const;

/**
 * Sessions and their energy, on two clocks. Where they took place is a matter of placements. A fact concerns the sessions
 * around its own time, so only facts from a little before that time on are looked at: the same for facts that come in
 * order, late, or as corrections.
 */
export const sessionsProjection: Projection = {
  name: 'sessions',
  version: 1,
  tables: ['session', 'energy'],
  thingsOf: ({ type, scope }) =>
    scope.charger != null && TYPES.includes(type) ? [`charger:${scope.charger}`] : [],
  take: async (transaction, news, after) => {
    const chargers = idsOfThings(news.keys(), 'charger');
    const windows = await windowsOf(transaction, chargers, news);
    const past = await factsFrom(transaction, windows, TYPES, after);
    const rows = await currentRows(transaction, windows);
    for (const charger of chargers) {
      const line = new ChargerSessions(past.get(charger) ?? [], windows.get(charger));
      for (const fact of news.get(`charger:${charger}`) ?? []) {
        for (const id of line.take(fact)) {
          const session = line.session(id);
          const [group, sequence] = [groupOf(charger, id), fact.bookOrder];
          rows.sessions.replace(group, session == null ? [] : [sessionRow(session)], sequence);
          rows.energy.replace(group, session == null ? [] : energyRows(session, line), sequence);
        }
      }
    }
    await rows.sessions.save(transaction);
    await rows.energy.save(transaction);
  },
};

function groupOf(charger: string, session: string): string {
  return `${charger} ${session}`;
}

async function currentRows(transaction: Transaction, windows: ReadonlyMap<string, Instant | undefined>) {
  const sessions = new VersionedRows<SessionRow>('session', SESSION_COLUMNS, (row) =>
    groupOf(row.charger, row.id),
  );
  const energy = new VersionedRows<EnergyRow>('energy', ENERGY_COLUMNS, (row) =>
    groupOf(row.charger, row.session),
  );
  // One probe of the index for each charger, whatever the planner believes about their number.
  const inWindow = (table: string) => `ctid = ANY (ARRAY(
    SELECT stored.ctid FROM unnest($1::text[], $2::timestamptz[]) AS touched (charger, from_at) CROSS JOIN LATERAL (
      SELECT ctid FROM ${table} WHERE charger = touched.charger AND known_to IS NULL
        AND started_at >= coalesce(touched.from_at, '-infinity') OFFSET 0) AS stored))`;
  const values = [[...windows.keys()], [...windows.values()].map((from) => from ?? null)];
  await sessions.load(transaction, inWindow('session'), values);
  await energy.load(transaction, inWindow('energy'), values);
  return { sessions, energy };
}

function sessionRow(session: Session): SessionRow {
  return {
    id: session.id,
    charger: session.charger,
    started_at: session.startedAt,
    ended_at: session.endedAt ?? null,
    end_cause: session.endCause ?? null,
    cut_by_move: session.cutByMove,
    told_energy_watt_hours: session.toldEnergyWattHours ?? null,
    driver_reference: session.driverReference ?? null,
  };
}

function energyRows(session: Session, line: ChargerSessions): EnergyRow[] {
  return line.energyOf(session).map(({ at, placedAt, wattHours }) => ({
    charger: session.charger,
    session: session.id,
    started_at: session.startedAt,
    at,
    placed_at: placedAt,
    watt_hours: wattHours,
  }));
}
