import type { LeftOut } from './left-out';
import type { EaseePlan } from './plan';

/** All that is told about an import. */
export type EaseeReport = {
  dryRun: boolean;
  files: string[];
  plan: EaseePlan;
  leftOut: LeftOut;
  /** Sentences about what the book would not take. */
  refused: string[];
};

/** The report as lines of text. */
export function describeImport({ dryRun, files, plan, leftOut, refused }: EaseeReport): string {
  const { commands, observations } = plan;
  const countOf = (...names: string[]) => commands.filter(({ mutation }) => names.includes(mutation)).length;
  const lines: [string, string][] = [
    ['files read', files.join(', ')],
    [dryRun ? 'to tell' : 'told', `${commands.length + observations.length} facts`],
    ['  sites', String(countOf('registerSite'))],
    ['  circuits', String(countOf('addCircuit'))],
    [
      '  backplates',
      `${countOf('installBackplate')}, ${countOf('designatePrimaryBackplate')} of them primary`,
    ],
    ['  chargers', `${countOf('registerCharger')}, ${countOf('mountCharger')} of them mounted`],
    ['  currents', currents(countOf)],
    ['  disabled', String(countOf('disableCharger'))],
    ['  offline', String(observations.length)],
    ...refused.map((sentence): [string, string] => ['refused', sentence]),
    ...leftOut.problems.map((sentence): [string, string] => ['left out', sentence]),
    ...leftOut.byReason().map(([reason, fields]): [string, string] => ['left out', `${reason}: ${fields}`]),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  const title = dryRun ? 'Dry run: nothing was sent.\n' : '';
  return title + lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function currents(countOf: (...names: string[]) => number): string {
  return [
    `${countOf('setMaxChargerCurrent')} charger maximum`,
    `${countOf('setMaxCircuitCurrent')} circuit maximum`,
    `${countOf('setDynamicChargerCurrent', 'setDynamicCircuitCurrent')} dynamic`,
    `${countOf('setOfflineFallbackCurrent')} offline`,
  ].join(', ');
}
