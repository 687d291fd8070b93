import { Presets, SingleBar } from 'cli-progress';

/** Where messages for a person go while work is under way. */
export type Terminal = { write: (text: string) => unknown; isTTY?: boolean };

/** Shows how many things of how many are settled. */
export type Progress = { advance: (count: number) => void; stop: () => void };

const linePauseMs = 5_000;

/** A bar on a terminal; elsewhere a line now and then, so that a log stays readable. */
export function startProgress(total: number, terminal: Terminal, things = 'sessions'): Progress {
  return terminal.isTTY === true ? startBar(total, terminal, things) : startLines(total, terminal, things);
}

function startBar(total: number, terminal: Terminal, things: string): Progress {
  const format = `{bar} {percentage} % | {value} of {total} ${things} | {duration_formatted}, {eta_formatted} to go`;
  const stream = terminal as NodeJS.WritableStream;
  // The program itself sees to interruptions; the bar's own handling would swallow the first one.
  const options = { format, stream, hideCursor: true, etaBuffer: 100, gracefulExit: false };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(total, 0);
  return {
    advance: (count) => {
      bar.increment(count);
    },
    stop: () => {
      bar.stop();
    },
  };
}

function startLines(total: number, terminal: Terminal, things: string): Progress {
  let settled = 0;
  let lastLineAt = performance.now();
  return {
    advance: (count) => {
      settled += count;
      if (performance.now() - lastLineAt < linePauseMs) return;
      lastLineAt = performance.now();
      terminal.write(`${settled} of ${total} ${things}\n`);
    },
    stop: () => undefined,
  };
}
