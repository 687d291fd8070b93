import type { Evolution, LifelineState } from '@chargebook/domain';
import {
  backplateEvolution,
  chargerEvolution,
  circuitEvolution,
  Lifeline,
  operatorEvolution,
  siteEvolution,
} from '@chargebook/domain';
import type { Transaction } from '../database/database';
import type { FactScope, LedgerFact } from '../ledger/ledger';
import { factsAbout } from '../ledger/ledger';
import type { Projection } from '../projector/projection';
import { idsOfThings } from '../projector/projection';

/** How the row of one kind of thing follows from its state. */
interface Register<State> {
  readonly scope: keyof FactScope;
  readonly types: readonly string[];
  readonly evolution: Evolution<State>;
  /** Undefined while there is no such thing. */
  readonly rowOf: (id: string, state: State) => object | undefined;
  readonly key: string;
}

const operators: Register<LifelineState<typeof operatorEvolution>> = {
  scope: 'operator',
  key: 'id',
  types: ['OperatorRegistered'],
  evolution: operatorEvolution,
  rowOf: (id, { name }) => (name == null ? undefined : { id, name }),
};

const sites: Register<LifelineState<typeof siteEvolution>> = {
  scope: 'site',
  key: 'id',
  types: [
    'SiteRegistered',
    'SiteRenamed',
    'SiteAddressCorrected',
    'SiteRatedCurrentSet',
    'SiteTimeZoneSet',
    'SiteControlTransferred',
    'SiteRetired',
  ],
  evolution: siteEvolution,
  rowOf: (id, state) =>
    state.registeredAt == null
      ? undefined
      : {
          id,
          name: state.name,
          address: state.address,
          time_zone: state.timeZone,
          grid_type: state.gridType,
          rated_current_amps: state.ratedCurrentAmps,
          operator: state.operator,
          registered_at: state.registeredAt,
          retired_at: state.retiredAt,
        },
};

const circuits: Register<LifelineState<typeof circuitEvolution>> = {
  scope: 'circuit',
  key: 'id',
  types: ['CircuitAdded', 'CircuitRetired'],
  evolution: circuitEvolution,
  rowOf: (id, { addedAt, site, name, parent, retiredAt }) =>
    addedAt == null ? undefined : { id, site, name, parent, added_at: addedAt, retired_at: retiredAt },
};

const backplates: Register<LifelineState<typeof backplateEvolution>> = {
  scope: 'backplate',
  key: 'id',
  types: ['BackplateInstalled', 'BackplateRewired', 'BackplateRemoved'],
  evolution: backplateEvolution,
  rowOf: (id, { installedAt, label, circuit, removedAt }) =>
    installedAt == null
      ? undefined
      : { id, label, circuit, installed_at: installedAt, removed_at: removedAt },
};

const chargers: Register<LifelineState<typeof chargerEvolution>> = {
  scope: 'charger',
  key: 'serial',
  types: [
    'ChargerRegistered',
    'ChargerProtocolSet',
    'ChargerControlTransferred',
    'ChargerMounted',
    'ChargerDismounted',
    'ChargerRetired',
  ],
  evolution: chargerEvolution,
  rowOf: (serial, state) =>
    state.registeredAt == null
      ? undefined
      : {
          serial,
          model: state.model,
          product_line: state.productLine,
          rated_current_amps: state.ratedCurrentAmps,
          operator: state.operator,
          registered_at: state.registeredAt,
          retired_at: state.retiredAt,
          backplate: state.mounting?.backplate,
          destination: state.destination,
        },
};

const registers = [operators, sites, circuits, backplates, chargers] as readonly Register<unknown>[];

/** What there is, as known now. */
export const registryProjection: Projection = {
  name: 'registry',
  version: 3,
  tables: [...registers.map(({ scope }) => scope), 'last_event'],
  thingsOf: (fact) => {
    const { type, scope } = fact;
    const isCorrection = type === 'FactRetracted' || type === 'FactReplaced';
    const things = registers.flatMap((register) => {
      const id = scope[register.scope];
      return id != null && (isCorrection || register.types.includes(type)) ? [`${register.scope}:${id}`] : [];
    });
    return scope.charger == null ? things : [...things, `life:${scope.charger}`];
  },
  take: async (transaction, news, after) => {
    for (const register of registers) await takeInto(register, transaction, news, after);
    await placeChargers(transaction, [...news.keys()]);
    await takeLastEvents(transaction, news);
  },
};

/** The newest fact of each charger: nothing that is told leaves its history again. */
async function takeLastEvents(
  transaction: Transaction,
  news: ReadonlyMap<string, readonly LedgerFact[]>,
): Promise<void> {
  const rows = idsOfThings(news.keys(), 'life').map((charger) => ({
    charger,
    ...newestOf(news.get(`life:${charger}`) ?? []),
  }));
  if (rows.length === 0) return;
  await transaction.query(
    `INSERT INTO last_event AS known SELECT * FROM json_populate_recordset(null::last_event, $1::json)
     ON CONFLICT (charger) DO UPDATE SET occurred_at = EXCLUDED.occurred_at, sequence = EXCLUDED.sequence
     WHERE (known.occurred_at, known.sequence) < (EXCLUDED.occurred_at, EXCLUDED.sequence)`,
    [JSON.stringify(rows)],
  );
}

/** @param facts in the order in which the book learned them */
function newestOf(facts: readonly LedgerFact[]) {
  const [first, ...others] = facts.map(({ metadata, bookOrder }) => ({
    occurred_at: metadata.occurredAt,
    sequence: bookOrder,
  }));
  return others.reduce(
    (newest, fact) => (newest != null && newest.occurred_at > fact.occurred_at ? newest : fact),
    first,
  );
}

/** Tells chargers at which site they hang, where that follows from what is new: of them, of their place, or of its site. */
async function placeChargers(transaction: Transaction, things: readonly string[]): Promise<void> {
  const ids = ['charger', 'backplate', 'circuit', 'site'].map((kind) => idsOfThings(things, kind));
  if (ids.every(({ length }) => length === 0)) return;
  await transaction.query(
    `UPDATE charger SET site = place.site, site_name = place.name
     FROM (SELECT unit.serial, circuit.site, site.name FROM charger AS unit
       LEFT JOIN backplate ON backplate.id = unit.backplate
       LEFT JOIN circuit ON circuit.id = backplate.circuit
       LEFT JOIN site ON site.id = circuit.site
       WHERE unit.serial IN (SELECT unnest($1::text[])
         UNION SELECT serial FROM charger WHERE backplate = ANY($2)
         UNION SELECT serial FROM charger WHERE backplate IN (SELECT id FROM backplate WHERE circuit = ANY($3))
         UNION SELECT serial FROM charger WHERE site = ANY($4)
         UNION SELECT serial FROM charger WHERE backplate IN (SELECT plate.id FROM backplate AS plate
           JOIN circuit AS line ON line.id = plate.circuit WHERE line.site = ANY($4)))) AS place
     WHERE charger.serial = place.serial
       AND (charger.site, charger.site_name) IS DISTINCT FROM (place.site, place.name)`,
    ids,
  );
}

async function takeInto(
  register: Register<unknown>,
  transaction: Transaction,
  news: ReadonlyMap<string, readonly LedgerFact[]>,
  after: number,
): Promise<void> {
  const { scope, types, evolution, rowOf, key } = register;
  const ids = idsOfThings(news.keys(), scope);
  if (ids.length === 0) return;
  const known = await factsAbout(transaction, { scope, ids, types }, after + 1);
  const rows = ids.flatMap((id) => {
    const facts = [...(known.get(id) ?? []), ...(news.get(`${scope}:${id}`) ?? [])];
    return rowOf(id, Lifeline.of(evolution, facts).head) ?? [];
  });
  await transaction.query(`DELETE FROM ${scope} WHERE ${key} = ANY($1)`, [ids]);
  await transaction.query(
    `INSERT INTO ${scope} SELECT * FROM json_populate_recordset(null::${scope}, $1::json)`,
    [JSON.stringify(rows)],
  );
}
