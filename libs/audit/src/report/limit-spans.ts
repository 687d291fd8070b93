import type { LimitSegment, SourceSpan } from '@chargebook/domain';

/** Adjacent segments of one value as one: however a timeline was asked for in parts, it is told alike. */
export class WholeSegments {
  private open: LimitSegment | undefined;

  /** @returns what came before, once it is seen where it ends */
  add(segment: LimitSegment): LimitSegment[] {
    const { open } = this;
    if (open?.to === segment.from && isToldAlike(open, segment)) {
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
  private open: SourceSpan[] = [];

  /** @returns sources that have ended */
  add({ from, sources }: Pick<LimitSegment, 'from' | 'sources'>): SourceSpan[] {
    const ended: SourceSpan[] = [];
    for (const source of sources) {
      const at = this.open.findIndex((span) => isSameSource(span, source));
      const before = this.open[at];
      if (before == null) this.open.push(source);
      else if (before.to === source.from) this.open[at] = { ...before, to: source.to };
      else {
        ended.push(before);
        this.open[at] = source;
      }
    }
    // What reaches to the beginning of this segment and is not in it goes on nowhere.
    for (const span of this.open) if (span.to <= from) ended.push(span);
    this.open = this.open.filter(({ to }) => to > from);
    return ended.sort(inOrder);
  }

  end(): SourceSpan[] {
    return this.open.sort(inOrder);
  }
}

function isToldAlike(a: LimitSegment, b: LimitSegment): boolean {
  return (
    a.amps === b.amps &&
    a.offeredAmps === b.offeredAmps &&
    a.phases === b.phases &&
    a.behaviour === b.behaviour &&
    a.binding.length === b.binding.length &&
    a.binding.every((kind, index) => kind === b.binding[index])
  );
}

function isSameSource(a: SourceSpan, b: SourceSpan): boolean {
  const isSameTelling =
    a.eventId === b.eventId && a.kind === b.kind && a.axis === b.axis && a.ofId === b.ofId;
  return isSameTelling && a.amps.l1 === b.amps.l1 && a.amps.l2 === b.amps.l2 && a.amps.l3 === b.amps.l3;
}

function keyOf({ kind, axis, ofId, eventId, amps }: SourceSpan): string {
  return `${kind} ${axis} ${ofId} ${eventId} ${String(amps.l1)} ${String(amps.l2)} ${String(amps.l3)}`;
}

function inOrder(a: SourceSpan, b: SourceSpan): number {
  return `${a.from} ${keyOf(a)}` < `${b.from} ${keyOf(b)}` ? -1 : 1;
}
