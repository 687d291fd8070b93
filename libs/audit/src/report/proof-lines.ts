import type { TreeQueries } from '@chargebook/read-models';
import type { Subtree } from '@chargebook/transparency';
import { canonicalJson, coverOf } from '@chargebook/transparency';
import type { MadeReport } from './report-text';
import { linesIn } from './report-text';

const HASHES_AT_ONCE = 256;

/**
 * The hashes that prove a report, from the first leaf to the last: of each fact in the report, and of the fewest subtrees that
 * stand between these. Together they make the tree of a checkpoint, whose size is at least the report's cut.
 */
export async function* proofLines(
  report: MadeReport,
  tree: Pick<TreeQueries, 'readHash'>,
  size: number,
): AsyncGenerator<string, void, undefined> {
  let some: Subtree[] = [];
  for await (const place of placesOf(report, size)) {
    some.push(place);
    if (some.length < HASHES_AT_ONCE) continue;
    yield await textOf(some, tree);
    some = [];
  }
  if (some.length > 0) yield await textOf(some, tree);
}

async function* placesOf(report: MadeReport, size: number): AsyncGenerator<Subtree, void, undefined> {
  let next = 0;
  // Of the whole book there are all up to its cut: they need not be looked for.
  if (report.arguments.scope.kind === 'book')
    for (; next < report.arguments.asOfSequence; next += 1) yield { level: 0, index: next };
  else next = yield* placesToldIn(report);
  yield* coverOf(next, size);
}

/** @returns the place after the last one */
async function* placesToldIn(report: MadeReport): AsyncGenerator<Subtree, number, undefined> {
  let next = 0;
  for await (const { head } of linesIn(report, 'fact', 'omitted')) {
    const index = (head as { readonly sequence: number }).sequence - 1;
    yield* coverOf(next, index);
    yield { level: 0, index };
    next = index + 1;
  }
  return next;
}

async function textOf(places: readonly Subtree[], tree: Pick<TreeQueries, 'readHash'>): Promise<string> {
  const hashes = await Promise.all(places.map((place) => tree.readHash(place)));
  return places
    .map(({ level, index }, nth) => {
      const hash = Buffer.from(hashes[nth] ?? []).toString('base64');
      return `${canonicalJson({ hash, index, kind: 'subtree', level })}\n`;
    })
    .join('');
}
