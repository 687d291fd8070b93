import { sessionIdentity } from './ids';
import type { SessionRow } from './session-row';

/** A row with the given values; its times in hours since the epoch. */
export function rowOf(row: {
  line?: number;
  charger?: string;
  site?: string;
  from: number;
  to: number;
  backplate?: string;
  circuit?: string;
  sessionId?: string;
  energyWattHours?: number;
}): SessionRow {
  const { line = 2, charger = 'C', site = 'S', from, to, sessionId, ...rest } = row;
  const session = { charger, site, startedAtMs: from * 3_600_000, endedAtMs: to * 3_600_000 };
  const identity = sessionIdentity(session);
  return {
    ...rest,
    ...session,
    line,
    text: `row ${line}`,
    identity,
    sessionId: sessionId ?? `imp-${identity}`,
  };
}
