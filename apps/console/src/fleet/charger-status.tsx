import { formatAmps } from '../format/format';
import { texts } from '../texts';
import type { Tone } from '../ui/parts';
import { Badge } from '../ui/parts';

type Behaviour = 'CHARGING_ALLOWED' | 'PAUSED' | 'NOT_MOUNTED' | 'NO_CAR';

interface Limit {
  readonly amps: number | null;
  readonly behaviour: Behaviour;
  readonly binding: readonly (keyof typeof texts.sources)[];
  readonly blockers: readonly (keyof typeof texts.status.blockers)[];
}

export interface StatusProps {
  readonly retiredAt: string | null;
  readonly destination: 'STORE' | 'REPAIR' | 'TRANSIT' | 'SCRAP' | 'UNKNOWN' | null;
  readonly effectiveLimit: Limit | null;
}

const tones: Record<Behaviour, Tone> = {
  CHARGING_ALLOWED: 'good',
  PAUSED: 'warn',
  NO_CAR: 'calm',
  NOT_MOUNTED: 'calm',
};

/** In a word or two what a charger is doing; what keeps it from working comes first. */
export function ChargerStatus({ retiredAt, destination, effectiveLimit }: StatusProps) {
  if (retiredAt != null) return <Badge>{texts.status.retired}</Badge>;
  const blockers = effectiveLimit?.blockers ?? [];
  const behaviour = effectiveLimit?.behaviour ?? 'NOT_MOUNTED';
  return (
    <span className="badges">
      {blockers.map((blocker) => (
        <Badge key={blocker} tone="bad">
          {texts.status.blockers[blocker]}
        </Badge>
      ))}
      {behaviour === 'NOT_MOUNTED' ? (
        <Badge tone="calm">
          {destination == null ? texts.status.NOT_MOUNTED : texts.fleet.places[destination]}
        </Badge>
      ) : (
        <Badge tone={tones[behaviour]}>{texts.status[behaviour]}</Badge>
      )}
    </span>
  );
}

/** The effective limit with what makes it so. */
export function LimitInShort({ limit }: { limit: Limit | null }) {
  if (limit == null || limit.behaviour === 'NOT_MOUNTED') return <span className="quiet">{texts.none}</span>;
  if (limit.amps == null) return <span className="quiet">{texts.limitShort.unlimited}</span>;
  const sources = limit.binding.map((kind) => texts.sources[kind]).join(', ');
  return (
    <span className="limit-short">
      <strong>{formatAmps(limit.amps)}</strong> <span className="quiet">{texts.limitShort.by(sources)}</span>
    </span>
  );
}
