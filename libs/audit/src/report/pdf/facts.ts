import type { JsonValue } from '@chargebook/transparency';
import { summaryIn } from '../csv-files';
import type { Pages } from './pages';
import { INK, PAGE, TEXT_WIDTH } from './pages';
import type { Line } from './tables';
import { instant, textOf } from './tables';

const LINE = 11;

/** Draws a fact: when, what, who and why; what was believed before and after; and what marks it. */
export function drawFact(pages: Pages, { head, content, marks, before, after }: Line): void {
  const { sequence, occurredAt, recordedAt } = head as Line;
  const { id, metadata, type } = content as Line;
  const { actor, channel, reason } = (metadata ?? {}) as Line;
  const { kind, id: actorId } = (actor ?? {}) as Line;
  const because = reason == null ? undefined : `\u201c${textOf(reason)}\u201d`;
  const who = [kind, actorId, channel, because, `event ${textOf(id)}`];
  const changed =
    before === undefined && after === undefined
      ? []
      : [`before: ${valuesOf(before)}`, `after: ${valuesOf(after)}`];
  const lines: [string, string][] = [
    [`${textOf(type)}: ${summaryIn(content as Line)}`, INK.text],
    ...changed.map((text): [string, string] => [text, INK.text]),
    [
      who
        .filter((part) => part != null)
        .map(textOf)
        .join(' \u2022 '),
      INK.faint,
    ],
  ];
  const style = { size: 8, width: TEXT_WIDTH - 46 };
  const height = lines.reduce((sum, [text]) => sum + pages.heightOf(text, style), LINE + 8);
  // What is longer than a page goes on by itself: the rest is in the report.
  pages.need(Math.min(height, PAGE.bottom - PAGE.top));
  pages.text(textOf(sequence), PAGE.left, pages.y, { size: 8.5, bold: true, ink: INK.accent });
  const times = `${instant(occurredAt)}   recorded ${instant(recordedAt)}`;
  pages.text(times, PAGE.left + 46, pages.y, { size: 8, bold: true });
  const marked = marksOf((marks ?? {}) as Line);
  if (marked !== '') {
    const where = { size: 7.5, bold: true, ink: INK.alert, width: TEXT_WIDTH, align: 'right' } as const;
    pages.text(marked, PAGE.left, pages.y, where);
  }
  pages.y += LINE;
  for (const [text, ink] of lines) {
    const shown = text.length > 3_000 ? `${text.slice(0, 3_000)}\u2026 (all of it is in report.jsonl)` : text;
    pages.y += pages.text(shown, PAGE.left + 46, pages.y, { ...style, ink });
  }
  pages.y += 6;
}

function marksOf({ backDatedSeconds, corrects, correctedBy }: Line): string {
  const { sequence } = (correctedBy ?? {}) as Line;
  return [
    backDatedSeconds == null ? '' : `back-dated by ${durationOf(Number(backDatedSeconds))}`,
    corrects == null ? '' : 'correction',
    sequence == null ? '' : `corrected by ${textOf(sequence)}`,
  ]
    .filter((mark) => mark !== '')
    .join(', ');
}

function durationOf(seconds: number): string {
  if (seconds < 3_600) return `${String(Math.round(seconds / 60))} min`;
  return seconds < 172_800
    ? `${String(Math.round(seconds / 3_600))} h`
    : `${String(Math.round(seconds / 86_400))} d`;
}

function valuesOf(told: JsonValue | undefined): string {
  if (told == null) return 'nothing';
  if (typeof told !== 'object' || Array.isArray(told)) return textOf(told);
  const members = Object.entries(told as Line);
  if (members.length === 0) return 'not told';
  return members.map(([name, value]) => `${name} ${value == null ? 'none' : textOf(value)}`).join(', ');
}
