import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { Context } from './context.js';

/**
 * One command of the program. Its file loads nothing heavy: `run` imports what it needs, so that `--help` stays
 * quick.
 */
export interface Command<Flags> {
  /** As yargs has it: `notify <message> [args..]`. */
  readonly command: string;
  readonly describe: string;
  /** Command lines that work, each with what it does. */
  readonly examples: readonly (readonly [line: string, effect: string])[];
  builder(yargs: Argv): Argv<Flags>;
  /** @returns the exit code: 0 ok, 1 fault, 2 usage. */
  run(flags: ArgumentsCamelCase<Flags>, context: Context): Promise<number>;
}
