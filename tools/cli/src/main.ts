import { Command, CommanderError } from 'commander';
import { addAudit } from './audit.command';
import { addBackup } from './backup.command';
import { addCopy } from './copy.command';
import { Failure, UsageError } from './failures';
import { addImportEasee } from './import-easee.command';
import { addImportSessions } from './import-sessions.command';
import type { Terminal } from './import-sessions/progress';
import { addRebuild } from './rebuild.command';
import { addReport } from './report.command';
import { addSimulate } from './simulate.command';
import { addToken } from './token.command';
import { addWitness } from './witness.command';

/** What the program sees of the world around it. */
export type Surroundings = {
  /** Results. */
  stdout: { write: (text: string) => unknown };
  /** Progress and complaints. */
  stderr: Terminal;
  env: NodeJS.ProcessEnv;
  nowMs: () => number;
  version: string;
  /** Aborted when the person asks to stop. */
  interrupted?: AbortSignal;
};

const exitCodes = { failure: 1, usage: 2 };

/**
 * Runs one command line, given without the program's name.
 *
 * @returns the exit code: 0 all fine, 1 failed, 2 wrong usage, others as the command's help tells
 */
export async function run(args: string[], surroundings: Surroundings): Promise<number> {
  let exitCode = 0;
  const program = programOf(surroundings, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    if (error instanceof UsageError || error instanceof Failure) {
      surroundings.stderr.write(`chargebook: ${error.message}\n`);
      return error instanceof UsageError ? exitCodes.usage : exitCodes.failure;
    }
    throw error;
  }
}

function programOf(surroundings: Surroundings, exitWith: (code: number) => void): Command {
  const { stdout, stderr, version } = surroundings;
  const program = new Command('chargebook')
    .description("Chargebook, the book of record of an EV-charger fleet: its operator's commands.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError('(--help tells more)')
    .addHelpText('after', '\nExample:\n  chargebook import sessions sessions.csv --time-zone Europe/Berlin');
  program
    .command('version')
    .description("tell the program's version")
    .action(() => {
      stdout.write(`${version}\n`);
    });
  const importCommand = program.command('import').description('bring facts from elsewhere into the book');
  addImportSessions(importCommand, surroundings, exitWith);
  addImportEasee(importCommand, surroundings, exitWith);
  addSimulate(program, surroundings, exitWith);
  addRebuild(program, surroundings, exitWith);
  addReport(program, surroundings);
  addToken(program, surroundings);
  addBackup(program, surroundings);
  addCopy(program, surroundings, exitWith);
  addAudit(program, surroundings);
  addWitness(program, surroundings, exitWith);
  return program;
}
