import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Act, Asset, ChargerAsset, Grant, Permission, Requester } from '@chargebook/domain';
import { ACTS, PERMISSIONS, permits, sees } from '@chargebook/domain';
import fc from 'fast-check';
import type { TestDatabase } from '../book.fixtures';
import { startDatabase } from '../book.fixtures';
import { AccessScope } from './access-scope';

let database: TestDatabase;
const now = '2026-05-04T12:00:00.000Z';
const hour = (number: number) => `2026-05-04T${String(number).padStart(2, '0')}:00:00.000Z`;

const OPERATORS = ['north', 'south'];
const SITES = ['S1', 'S2', 'S3', 'S4'];

/** Every charger: under either operator, in each site or nowhere; a site of each operator, and more. */
const siteOperator: Readonly<Record<string, string>> = { S1: 'north', S2: 'south', S3: 'north', S4: 'south' };
const chargers: ChargerAsset[] = OPERATORS.flatMap((operator) =>
  [...SITES, undefined].map((site) => ({
    kind: 'CHARGER',
    id: `C-${operator}-${site ?? 'store'}`,
    operator,
    site: site == null ? undefined : { id: site, operator: siteOperator[site] ?? '' },
  })),
);

beforeAll(async () => {
  database = await startDatabase();
  const run = (text: string, values: unknown[]) => database.database.query(text, values);
  for (const site of SITES) {
    await run(
      `INSERT INTO registry.site (id, name, time_zone, grid_type, operator, registered_at)
       VALUES ($1, $1, 'UTC', 'TN', $2, $3)`,
      [site, siteOperator[site], now],
    );
    await run(`INSERT INTO registry.circuit (id, site, added_at) VALUES ('K-' || $1, $1, $2)`, [site, now]);
    // Somebody else had it before.
    await run(
      `INSERT INTO access.site_control VALUES ($1, 'west', '-infinity', $3, 0), ($1, $2, $3, NULL, 1)`,
      [site, siteOperator[site], now],
    );
  }
  for (const { id, operator, site } of chargers) {
    const backplate = site == null ? null : `B-${id}`;
    if (site != null)
      await run('INSERT INTO registry.backplate (id, circuit, installed_at) VALUES ($1, $2, $3)', [
        backplate,
        `K-${site.id}`,
        now,
      ]);
    await run(
      `INSERT INTO registry.charger (serial, product_line, operator, registered_at, backplate, site) VALUES ($1, 'HOME', $2, $3, $4, $5)`,
      [id, operator, now, backplate, site?.id],
    );
    await run(
      `INSERT INTO access.charger_control VALUES ($1, 'west', '-infinity', $3, 0), ($1, $2, $3, NULL, 1)`,
      [id, operator, now],
    );
  }
});
afterAll(async () => {
  await database.remove();
});

const some = <Value>(values: readonly Value[]) => fc.subarray([...values]);
const grant: fc.Arbitrary<Grant> = fc.record({
  id: fc.constant('g'),
  permissions: some(PERMISSIONS).filter((chosen) => chosen.length > 0) as fc.Arbitrary<Permission[]>,
  fleet: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
  sites: some(SITES),
  chargers: some(chargers.map(({ id }) => id)),
  from: fc.integer({ min: 8, max: 13 }).map(hour),
  until: fc.option(fc.integer({ min: 11, max: 14 }).map(hour), { nil: undefined }),
});
const requester: fc.Arbitrary<Requester> = fc.oneof(
  fc.record({
    actor: fc.constant({ kind: 'PARTNER', id: 'app' } as const),
    role: fc.constant('PARTNER' as const),
    operator: fc.constantFrom(...OPERATORS),
    grants: fc.array(grant, { maxLength: 3 }),
  }),
  fc
    .constantFrom('OPERATOR', 'INSTALLER', 'ASSET_MANAGER', 'AUDITOR', 'DEVICE', 'USER', 'ADMIN' as const)
    .chain((role) =>
      fc.record({
        actor: fc.constant({ kind: role, id: 'x' }),
        role: fc.constant(role),
        operator: role === 'ADMIN' ? fc.constant(undefined) : fc.constantFrom(...OPERATORS, 'west'),
        chargers:
          role === 'USER' || role === 'DEVICE' ? some(chargers.map(({ id }) => id)) : fc.constant(undefined),
      }),
    ) as fc.Arbitrary<Requester>,
);

async function found(scope: AccessScope, wanted: Act | 'ANY', among: 'ALL' | 'REGISTRY'): Promise<string[]> {
  const values: unknown[] = [];
  const ofChargers = scope.chargerCondition('charger.serial', wanted, values, among);
  const ofSites = scope.siteCondition('site.id', wanted, values);
  const rows = await database.database.query<{ id: string }>(
    `SELECT serial AS id FROM registry.charger WHERE ${ofChargers}
     UNION ALL SELECT id FROM registry.site WHERE ${ofSites}`,
    values,
  );
  return rows.map(({ id }) => id).sort();
}

describe('what a request may see', () => {
  it('is in SQL what it is in the policy', async () => {
    const sites = SITES.map((id): Asset => ({ kind: 'SITE', id, operator: siteOperator[id] ?? '' }));
    const assets = [...chargers, ...sites];
    await fc.assert(
      fc.asyncProperty(requester, fc.constantFrom('ANY' as const, ...ACTS), async (who, wanted) => {
        const allowed = assets.filter((asset) =>
          wanted === 'ANY' ? sees(who, asset, now) : permits(who, wanted, asset, now),
        );
        const scope = new AccessScope(who, now, database.database);
        for (const among of ['ALL', 'REGISTRY'] as const)
          expect(await found(scope, wanted, among)).toEqual(allowed.map(({ id }) => id).sort());
        const serials = chargers.map(({ id }) => id);
        const asked = await scope.chargers(serials, wanted);
        expect([...asked].sort()).toEqual(
          serials.filter((id) => allowed.some((asset) => asset.id === id)).sort(),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('knows drivers of the time when one had control', async () => {
    const scope = new AccessScope(
      { actor: { kind: 'OPERATOR', id: 'x' }, role: 'OPERATOR', operator: 'west' },
      now,
      database.database,
    );
    const isKnown = async (at: string) => {
      const values: unknown[] = [at];
      const condition = scope.driverCondition(`'C-north-S1'`, '$1::timestamptz', values);
      return (await database.database.query(`SELECT 1 WHERE ${condition}`, values)).length > 0;
    };
    expect(await isKnown(hour(11))).toBe(true);
    expect(await isKnown(hour(12))).toBe(false);
  });
});
