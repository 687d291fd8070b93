import type { Act } from '@chargebook/domain';
import { AccessDeniedError, forbidden } from '@chargebook/domain';
import type { AccessScope, Database, ScopePoint } from '@chargebook/read-models';
import type { ReportScope } from './report-arguments';
import { nameOfScope, ReportNotFoundError } from './report-arguments';

/**
 * Lets on whoever may have a report about something now. What a report holds never depends on who asks: the right to a
 * report is the right to all of it.
 *
 * @throws ReportNotFoundError where there is no such thing, or not for who asks
 * @throws AccessDeniedError where it may be looked at, and not so closely
 */
export async function requireReport(
  access: AccessScope,
  scope: ReportScope,
  database: Database,
): Promise<void> {
  if (scope.kind === 'book') {
    if (!access.isWhole) throw forbidden('READ_HISTORY');
    return;
  }
  const point = pointOf(scope);
  for (const act of actsFor(scope)) await requireAct(access, point, act, scope);
  if (access.isWhole && !(await isNamed(scope, database))) throw new ReportNotFoundError(nameOfScope(scope));
}

export function pointOf({ kind, id }: Extract<ReportScope, { id: string }>): ScopePoint {
  return { axis: kind.toUpperCase() as ScopePoint['axis'], id };
}

/** Who was let in by an operator, and what they did there, is for those who review it. */
function actsFor({ kind }: ReportScope): readonly Act[] {
  if (kind === 'partner') return ['REVIEW_PARTNERS'];
  return kind === 'operator' ? ['READ_HISTORY', 'REVIEW_PARTNERS'] : ['READ_HISTORY'];
}

async function requireAct(
  access: AccessScope,
  point: ScopePoint,
  act: Act,
  scope: ReportScope,
): Promise<void> {
  try {
    await access.require(point, act);
  } catch (error) {
    const isDenied = error instanceof AccessDeniedError && error.code === 'FORBIDDEN';
    if (!isDenied || (await isSeen(access, point))) throw error;
    throw new ReportNotFoundError(nameOfScope(scope));
  }
}

function isSeen(access: AccessScope, point: ScopePoint): Promise<boolean> {
  if (point.axis === 'OPERATOR') return Promise.resolve(access.sees({ kind: 'OPERATOR', id: point.id }));
  return access.reaches(point, 'ANY');
}

async function isNamed(scope: Extract<ReportScope, { id: string }>, database: Database): Promise<boolean> {
  const rows = await database.query(`SELECT 1 FROM ledger.fact WHERE ${scope.kind} = $1 LIMIT 1`, [scope.id]);
  return rows.length > 0;
}
