import type { LimitSegment, SourceSpan } from '@chargebook/domain';

/** Adjacent segments of one value as one: however a timeline was asked for in parts, it is told alike. */
export class WholeSegments {
  private open: LimitSegment | undefined;

  /** @returns what came before, once it is seen where it ends */
  add(segment: LimitSegment): LimitSegment[] {
    const { open } = this;
    if (open?.to === segment.from && valueOf(open) === valueOf(segment)) {
      this.open = { ...open, to: segment.to, sources: [...open.sources, ...segment.sources] };
      return [];
    }
    this.open = segment;
    return open == null ? [] : [open];
  }

  end(): LimitSegment[] {
    return this.open == null ? [] : [this.open];
  }
}

/** Each source over the whole time in which it stays as it is, whatever the effective limit does meanwhile. */
export class WholeSources {
  private readonly open = new Map<string, SourceSpan>();

  /** @returns sources that have ended */
  add({ from, sources }: Pick<LimitSegment, 'from' | 'sources'>): SourceSpan[] {
    const ended: SourceSpan[] = [];
    for (const source of sources) {
      const key = keyOf(source);
      const before = this.open.get(key);
      if (before?.to === source.from) this.open.set(key, { ...before, to: source.to });
      else {
        if (before != null) ended.push(before);
        this.open.set(key, source);
      }
    }
    // What reaches to the beginning of this segment and is not in it goes on nowhere.
    for (const [key, span] of this.open) {
      if (span.to > from) continue;
      ended.push(span);
      this.open.delete(key);
    }
    return ended.sort(inOrder);
  }

  end(): SourceSpan[] {
    return [...this.open.values()].sort(inOrder);
  }
}

function valueOf({ amps, offeredAmps, phases, behaviour, binding }: LimitSegment): string {
  return [amps, offeredAmps, phases, behaviour, ...binding].join(' ');
}

function keyOf({ kind, axis, ofId, eventId, amps }: SourceSpan): string {
  return [kind, axis, ofId, eventId, amps.l1, amps.l2, amps.l3].join(' ');
}

function inOrder(a: SourceSpan, b: SourceSpan): number {
  const [x, y] = [a, b].map((span) => `${span.from} ${keyOf(span)}`);
  return (x ?? '') < (y ?? '') ? -1 : 1;
}
