import type { Instant, Role } from '@chargebook/domain';
import type { Database } from '../database/database';
import type { Page, PageRequest } from '../pages/page';
import { pageSql, toPage } from '../pages/page';
import type { AccessScope } from './access-scope';

/** A credential as it may be shown: whose it is, never what it is. */
export interface CredentialRecord {
  readonly id: string;
  readonly role: Role;
  /** Null when erased. */
  readonly name: string | null;
  readonly operatorId: string | null;
  readonly partnerId: string | null;
  readonly chargers: readonly string[] | null;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
}

const SHOWN = `SELECT issued.data ->> 'credential' AS id, issued.data ->> 'role' AS role, actor.name,
    issued.data ->> 'operator' AS "operatorId", issued.data ->> 'partner' AS "partnerId",
    issued.data -> 'chargers' AS chargers, issued.recorded_at AS "issuedAt", issued.data ->> 'expiresAt' AS "expiresAt",
    (SELECT revoked.recorded_at FROM ledger.fact AS revoked WHERE revoked.stream = issued.stream
      AND revoked.type = 'CredentialRevoked' LIMIT 1) AS "revokedAt"
  FROM ledger.fact AS issued LEFT JOIN vault.actor ON actor.id = issued.data ->> 'credential'`;

/** Credentials that the book has issued, to those who may issue and revoke them. */
export class CredentialQueries {
  constructor(
    private readonly database: Database,
    private readonly scope: AccessScope,
  ) {}

  /** Newest first. */
  async page(request: PageRequest): Promise<Page<CredentialRecord>> {
    const filters: unknown[] = [];
    const condition = this.scope.credentialCondition('issued', filters);
    const where = `WHERE issued.type = 'CredentialIssued' AND ${condition}`;
    const values = [...filters];
    const sql = pageSql(request, [{ sql: 'issued.sequence', type: 'bigint' }], 'DESC', values);
    const rows = await this.database.query<CredentialRecord & { sequence: number }>(
      `${SHOWN.replace('SELECT', 'SELECT issued.sequence,')} ${where} ${sql.where}
       ORDER BY ${sql.orderBy} LIMIT ${String(sql.limit)}`,
      values,
    );
    return toPage(rows, sql, request, {
      cursor: ({ sequence }) => [sequence],
      node: (row) => row,
      totalCount: async () => {
        const counted = await this.database.query<{ count: number }>(
          `SELECT count(*) AS count FROM ledger.fact AS issued ${where}`,
          filters,
        );
        return counted[0]?.count ?? 0;
      },
    });
  }
}
