import type { Fact, PartnerState, PartnerUse, UseCount } from '@chargebook/domain';
import { partnerStateOf, partnerUse } from '@chargebook/domain';
import type { Database } from '../database/database';
import type { FactRow } from '../ledger/ledger';
import { factOfRow } from '../ledger/ledger';
import type { Page, PageRequest } from '../pages/page';
import { pageSql, toPage } from '../pages/page';
import type { AccessScope } from './access-scope';

/** A partner as the book knows it. */
export interface PartnerRecord {
  readonly id: string;
  readonly state: PartnerState;
}

/** What makes a partner what it is; daily counts are not among it. */
const TELLING = [
  'PartnerRegistered',
  'PartnerAccessGranted',
  'PartnerGrantEnded',
  'PartnerWarned',
  'PartnerWarningLifted',
  'PartnerAccessRevoked',
  'PartnerAccessReinstated',
];

/** Partners, to those who may look at them. */
export class PartnerQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  async byId(id: string): Promise<PartnerRecord | undefined> {
    const record = (await this.byIds([id]))[0];
    const { operator } = record?.state ?? {};
    if (record == null || operator == null) return undefined;
    const isSeen = this.scope.permits('REVIEW_PARTNERS', { kind: 'PARTNER', id, operator });
    return isSeen || this.scope.isPartner(id) ? record : undefined;
  }

  /** By id. */
  async page(request: PageRequest): Promise<Page<PartnerRecord>> {
    const filters: unknown[] = [];
    const where = `FROM ledger.fact WHERE type = 'PartnerRegistered' AND ${this.scope.partnerCondition('fact', filters)}`;
    const values = [...filters];
    const sql = pageSql(request, [{ sql: 'partner', type: 'text' }], 'ASC', values);
    const rows = await this.database.query<{ partner: string }>(
      `SELECT partner ${where} ${sql.where} ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)}`,
      values,
    );
    const records = new Map(
      (await this.byIds(rows.map(({ partner }) => partner))).map((record) => [record.id, record]),
    );
    return toPage(rows, sql, request, {
      cursor: ({ partner }) => [partner],
      node: ({ partner }) => records.get(partner) ?? { id: partner, state: partnerStateOf([]) },
      totalCount: async () => {
        const counted = await this.database.query<{ count: number }>(
          `SELECT count(*) AS count ${where}`,
          filters,
        );
        return counted[0]?.count ?? 0;
      },
    });
  }

  /** What a partner did, to those who review its access. */
  async use(id: string): Promise<PartnerUse[] | undefined> {
    if (!(await this.scope.reaches({ axis: 'PARTNER', id }, 'REVIEW_PARTNERS')) || this.scope.isPartner(id))
      return undefined;
    const rows = await this.database.query<{ data: { day: string; counts: readonly UseCount[] } }>(
      `SELECT data FROM ledger.fact WHERE partner = $1 AND type = 'PartnerUseCounted' ORDER BY sequence`,
      [id],
    );
    return partnerUse(rows.map(({ data }) => data));
  }

  private async byIds(ids: readonly string[]): Promise<PartnerRecord[]> {
    const rows = await this.database.query<FactRow>(
      'SELECT * FROM ledger.fact WHERE partner = ANY($1) AND type = ANY($2) AND problem IS NULL ORDER BY sequence',
      [ids, TELLING],
    );
    const facts = new Map<string, Fact[]>();
    for (const row of rows) {
      const id = row.partner ?? '';
      facts.set(id, [...(facts.get(id) ?? []), factOfRow(row)]);
    }
    return [...facts].map(([id, told]) => ({ id, state: partnerStateOf(told) }));
  }
}
