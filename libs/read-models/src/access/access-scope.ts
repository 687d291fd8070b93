import type { Act, Asset, Grant, Instant, Requester, Role } from '@chargebook/domain';
import { accessRevoked, allows, forbidden, grantsOf, mayEver, permits, sees } from '@chargebook/domain';
import type { Queryable } from '../database/database';

/** A thing along which something is asked for. */
export interface ScopePoint {
  readonly axis: 'CHARGER' | 'BACKPLATE' | 'CIRCUIT' | 'SITE' | 'OPERATOR' | 'PARTNER';
  readonly id: string;
}

/** Those of an operator who have to do with the people at its chargers. */
const KNOWING_DRIVERS: readonly Role[] = ['OPERATOR', 'ASSET_MANAGER', 'AUDITOR'];
const KNOWING_PEOPLE: readonly Role[] = [...KNOWING_DRIVERS, 'INSTALLER'];

/** ANY: whoever may do anything to a thing knows that it is there. */
type Wanted = Act | 'ANY';

/**
 * What a request may see: the policy as conditions of SQL, made once for each request. Every query is given one; there is
 * no way to ask without.
 */
export class AccessScope {
  private readonly answers = new Map<Wanted, Map<string, Promise<boolean>>>();

  constructor(
    readonly requester: Requester,
    private readonly now: Instant,
    private readonly database: Queryable,
  ) {}

  /** The whole book: jobs of the server's own, and who is of no operator. */
  static wholeBook(database: Queryable): AccessScope {
    const requester = { actor: { kind: 'SYSTEM', id: 'book' }, role: 'ADMIN' } as const;
    return new AccessScope(requester, '1970-01-01T00:00:00.000Z', database);
  }

  get isWhole(): boolean {
    return this.requester.operator == null && ['ADMIN', 'AUDITOR'].includes(this.requester.role);
  }

  permits(act: Act, asset: Asset): boolean {
    return permits(this.requester, act, asset, this.now);
  }

  sees(asset: Asset): boolean {
    return sees(this.requester, asset, this.now);
  }

  isPartner(id: string): boolean {
    return this.requester.role === 'PARTNER' && this.requester.actor.id === id;
  }

  /**
   * SQL: whether a charger is one of those to which it may be done now.
   *
   * @param charger SQL of its serial
   * @param values parameters of the statement so far; what is needed is added
   * @param among whether a few chargers are asked about, all are looked through, or the registry's own rows are listed
   */
  chargerCondition(
    charger: string,
    wanted: Wanted,
    values: unknown[],
    among: 'FEW' | 'ALL' | 'REGISTRY' = 'ALL',
  ): string {
    if (this.isWhole) return 'true';
    const { operator, chargers } = this.requester;
    if (operator == null || !this.mayEver(wanted)) return 'false';
    const ours = bind(values, operator);
    const isOurs = `EXISTS (SELECT 1 FROM access.charger_control AS control WHERE control.charger = ${charger}
      AND control.operator = ${ours} AND control.until_at IS NULL)`;
    const grants = this.grants(wanted);
    if (grants == null) {
      const isNamed = chargers == null ? 'true' : `${charger} = ANY(${bind(values, chargers)})`;
      return `(${isNamed} AND ${isOurs})`;
    }
    if (grants.some(({ fleet }) => fleet)) return isOurs;
    const named = bind(values, [...new Set(grants.flatMap((grant) => grant.chargers))]);
    const sites = bind(values, [...new Set(grants.flatMap((grant) => grant.sites))]);
    const ourSites = `SELECT there.site FROM access.site_control AS there
      WHERE there.site = ANY(${sites}) AND there.operator = ${ours} AND there.until_at IS NULL`;
    // Lists are taken apart in the statement, so that it is planned with tables of hashes, whatever stands in them.
    if (among === 'REGISTRY')
      return `((${charger} IN (SELECT unnest(${named}::text[])) OR charger.site IN (${ourSites})) AND ${isOurs})`;
    const inSites = (condition: string) =>
      `SELECT hung.serial FROM registry.charger AS hung WHERE hung.site IN (${ourSites}) ${condition}`;
    if (among === 'FEW') {
      const hangsThere = `EXISTS (${inSites(`AND hung.serial = ${charger}`)})`;
      return `((${charger} = ANY(${named}) OR ${hangsThere}) AND ${isOurs})`;
    }
    // A list that is made once, so that a book of many chargers is entered from the few that are granted.
    const granted = `ARRAY(SELECT unnest(${named}::text[]) UNION ALL ${inSites('')})`;
    return `(${charger} = ANY(${granted}) AND ${isOurs})`;
  }

  /** SQL: whether a site is one of those to which it may be done now. */
  siteCondition(site: string, wanted: Wanted, values: unknown[]): string {
    if (this.isWhole) return 'true';
    const { operator, chargers, role } = this.requester;
    if (operator == null || role === 'USER' || chargers != null || !this.mayEver(wanted)) return 'false';
    const isOurs = `EXISTS (SELECT 1 FROM access.site_control AS control WHERE control.site = ${site}
      AND control.operator = ${bind(values, operator)} AND control.until_at IS NULL)`;
    const grants = this.grants(wanted);
    if (grants == null || grants.some(({ fleet }) => fleet)) return isOurs;
    const sites = [...new Set(grants.flatMap((grant) => grant.sites))];
    return `(${site} = ANY(${bind(values, sites)}) AND ${isOurs})`;
  }

  /** SQL: whether a backplate is in such a site. */
  backplateCondition(circuit: string, wanted: Wanted, values: unknown[]): string {
    if (this.isWhole) return 'true';
    return `EXISTS (SELECT 1 FROM registry.circuit AS line WHERE line.id = ${circuit}
      AND ${this.siteCondition('line.site', wanted, values)})`;
  }

  /** SQL: whether the driver of a charger's session is known to who asks: only who had control at that instant. */
  driverCondition(charger: string, at: string, values: unknown[]): string {
    if (this.isWhole) return 'true';
    const { operator, role } = this.requester;
    if (operator == null || !KNOWING_DRIVERS.includes(role)) return 'false';
    return `EXISTS (SELECT 1 FROM access.charger_control AS control WHERE control.charger = ${charger}
      AND control.operator = ${bind(values, operator)} AND control.from_at <= ${at}
      AND (control.until_at IS NULL OR control.until_at > ${at}))`;
  }

  /** SQL: whether a person's name is for who asks: those of the same operator know each other. */
  personCondition(person: string, values: unknown[]): string {
    if (this.isWhole) return 'true';
    const { operator, role } = this.requester;
    if (operator == null || !KNOWING_PEOPLE.includes(role)) return 'false';
    return `${person}.operator = ${bind(values, operator)}`;
  }

  /** SQL: whether the partner of a row of the ledger may be looked at. */
  partnerCondition(fact: string, values: unknown[]): string {
    if (this.isWhole) return 'true';
    const { operator, role, actor } = this.requester;
    if (role === 'PARTNER') return `${fact}.partner = ${bind(values, actor.id)}`;
    if (operator == null || !this.mayEver('REVIEW_PARTNERS')) return 'false';
    return `${fact}.operator = ${bind(values, operator)}`;
  }

  /** SQL: whether the credential of a row of the ledger may be looked at. */
  credentialCondition(fact: string, values: unknown[]): string {
    if (!this.mayEver('GOVERN_CREDENTIALS')) return 'false';
    if (this.isWhole) return 'true';
    const { operator } = this.requester;
    return operator == null ? 'false' : `${fact}.operator = ${bind(values, operator)}`;
  }

  /** Those of some chargers to which it may be done now; the same however often a request asks. */
  async chargers(serials: readonly string[], wanted: Wanted): Promise<Set<string>> {
    if (this.isWhole) return new Set(serials);
    const known = this.answers.get(wanted) ?? new Map<string, Promise<boolean>>();
    this.answers.set(wanted, known);
    const unknown = serials.filter((serial) => !known.has(serial));
    if (unknown.length > 0) {
      const asked = this.ask(unknown, wanted);
      for (const serial of unknown) {
        known.set(
          serial,
          asked.then((allowed) => allowed.has(serial)),
        );
      }
    }
    const answers = await Promise.all(serials.flatMap((serial) => known.get(serial) ?? []));
    return new Set(serials.filter((_, index) => answers[index]));
  }

  private async ask(serials: readonly string[], wanted: Wanted): Promise<Set<string>> {
    const values: unknown[] = [serials];
    const condition = this.chargerCondition('asked.serial', wanted, values, 'FEW');
    const rows = await this.database.query<{ serial: string }>(
      `SELECT asked.serial FROM unnest($1::text[]) AS asked (serial) WHERE ${condition}`,
      values,
    );
    return new Set(rows.map(({ serial }) => serial));
  }

  /** Whether it may be done to a thing now; circuits and backplates are what their site is. */
  async reaches({ axis, id }: ScopePoint, wanted: Wanted): Promise<boolean> {
    if (this.isWhole) return true;
    if (axis === 'CHARGER') return (await this.chargers([id], wanted)).size > 0;
    if (axis === 'OPERATOR') return wanted !== 'ANY' && this.permits(wanted, { kind: 'OPERATOR', id });
    const values: unknown[] = [id];
    const from = {
      PARTNER: () =>
        `ledger.fact WHERE partner = $1 AND type = 'PartnerRegistered' AND ${this.partnerCondition('fact', values)}`,
      SITE: () => `registry.site WHERE id = $1 AND ${this.siteCondition('site.id', wanted, values)}`,
      CIRCUIT: () =>
        `registry.circuit WHERE id = $1 AND ${this.siteCondition('circuit.site', wanted, values)}`,
      BACKPLATE: () =>
        `registry.backplate WHERE id = $1 AND ${this.backplateCondition('backplate.circuit', wanted, values)}`,
    }[axis]();
    return (await this.database.query(`SELECT 1 FROM ${from}`, values)).length > 0;
  }

  /**
   * A partner's access as of what can be read now: whatever was recorded after its revocation is read after that was.
   *
   * @throws AccessDeniedError
   */
  async requireStanding(): Promise<void> {
    const { role, actor } = this.requester;
    if (role !== 'PARTNER') return;
    const [last] = await this.database.query<{ type: string; ground: string }>(
      `SELECT type, data ->> 'ground' AS ground FROM ledger.fact WHERE partner = $1
         AND type IN ('PartnerAccessRevoked', 'PartnerAccessReinstated') ORDER BY sequence DESC LIMIT 1`,
      [actor.id],
    );
    if (last?.type === 'PartnerAccessRevoked') throw accessRevoked(last.ground);
  }

  /** @throws AccessDeniedError where it may not be done to a thing */
  async require(point: ScopePoint, act: Act): Promise<void> {
    await this.requireStanding();
    if (!(await this.reaches(point, act))) throw forbidden(act);
  }

  private mayEver(wanted: Wanted): boolean {
    return wanted === 'ANY' || mayEver(this.requester, wanted, this.now);
  }

  private grants(wanted: Wanted): readonly Grant[] | undefined {
    const grants = grantsOf(this.requester, this.now);
    return wanted === 'ANY' ? grants : grants?.filter((grant) => allows(grant, wanted));
  }
}

function bind(values: unknown[], value: unknown): string {
  return `$${String(values.push(value))}`;
}
