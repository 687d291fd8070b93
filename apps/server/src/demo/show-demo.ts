import { readFile } from 'node:fs/promises';
import type { RunningServer } from '../server';
import type { DemoFleet } from './demo-fleet';

const LINE_EVERY_MS = 2_000;

/** Has the demo fleet filled in, and writes lines about it; returns at once. */
export async function showDemo(
  { demo, adminTokenFile }: Pick<RunningServer, 'demo' | 'adminTokenFile'>,
  out: { write(text: string): unknown },
): Promise<void> {
  const token = (await readFile(adminTokenFile, 'utf8')).trim();
  const startedMs = performance.now();
  out.write('The demo fleet is being told to the book, from its first day on.\n');
  const timer = setInterval(() => out.write(`  ${lineOf(demo)}\n`), LINE_EVERY_MS);
  void demo.fill(token).then(() => {
    clearInterval(timer);
    const { state, factsTold, message } = demo.progress;
    const tookSeconds = Math.round((performance.now() - startedMs) / 1000);
    if (state === 'FAILED') out.write(`The demo fleet is not complete: ${message ?? ''}\n`);
    else if (factsTold === 0) out.write('The demo fleet was complete already.\n');
    else out.write(`The demo fleet is complete, ${count(factsTold)} facts in ${String(tookSeconds)} s.\n`);
  });
}

function lineOf({ progress: { factsTold, factsTotal } }: DemoFleet): string {
  if (factsTotal === 0) return 'looking at what is there';
  const percentage = Math.floor((factsTold / factsTotal) * 100);
  return `${String(percentage).padStart(3)} %  ${count(factsTold)} of ${count(factsTotal)} facts`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
