import { readFileSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import type { Command } from './command.js';
import { call } from './commands/call.js';
import { cert } from './commands/cert.js';
import { check } from './commands/check.js';
import { configSchemaCommand } from './commands/config-schema.js';
import { notify } from './commands/notify.js';
import { printConfig } from './commands/print-config.js';
import { serve } from './commands/serve.js';
import type { Context } from './context.js';
import { exitCodeOf, OffloadError, UsageError } from './errors.js';
import { getoptWords } from './getopt-words.js';
import { COMMAND_MISSING, usageText } from './usage-text.js';

const EXIT_CODES =
  'Exit codes: 0 ok, 1 fault, 2 wrong usage. Results go to standard output, all else to standard error.';

const COMMANDS = [serve, check, notify, call, cert, printConfig, configSchemaCommand].map(({ command }) => command);

/** Where the exit code of the command that ran ends up. */
export interface Outcome {
  exitCode: number;
}

/** Makes the parser of `offload`. Nothing runs before `parse`. */
export function buildCli(context: Context, outcome: Outcome): Argv {
  const cli = yargs()
    .scriptName('offload')
    .usage('$0 COMMAND\n\nAnswers HAProxy (SPOE agent) and browsers (WebSockets) from the same scripts.')
    .version(packageVersion())
    .epilogue(EXIT_CODES);
  addCommand(cli, serve, context, outcome);
  addCommand(cli, check, context, outcome);
  addCommand(cli, notify, context, outcome);
  addCommand(cli, call, context, outcome);
  addCommand(cli, cert, context, outcome);
  addCommand(cli, printConfig, context, outcome);
  addCommand(cli, configSchemaCommand, context, outcome);
  return withManners(cli.demandCommand(1, COMMAND_MISSING));
}

function addCommand<Flags>(cli: Argv, command: Command<Flags>, context: Context, outcome: Outcome): void {
  cli.command({
    command: command.command,
    describe: command.describe,
    builder: (argv) => {
      for (const [line, effect] of command.examples) argv.example(line, effect);
      return command.builder(argv);
    },
    handler: async (flags) => {
      outcome.exitCode = await command.run(flags, context);
    },
  });
}

/** What every parser of this program has: strictness, English, no exit of its own, errors thrown as ours. */
export function withManners(parser: Argv): Argv {
  return parser
    .locale('en')
    .help('help')
    .alias('help', 'h')
    .strict()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .parserConfiguration({ 'greedy-arrays': false, 'duplicate-arguments-array': true, 'camel-case-expansion': false })
    .exitProcess(false)
    .fail((message, error, usage) => {
      // Its own complaints come as a message, a YError or both; anything else was thrown by a command.
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new UsageError(message ?? error?.message, flagsOf(usage));
    });
}

/** The flags that the help of the typed command has; the types lack the call. */
function flagsOf(usage: unknown): string[] {
  return Object.keys((usage as { getDescriptions?: () => object }).getDescriptions?.() ?? {});
}

/**
 * Parses a command line, runs its command and reports faults the way every program here does.
 *
 * @param name how the program calls itself
 * @returns the exit code.
 */
export async function runCli(
  name: 'offload' | 'spoa',
  build: (context: Context, outcome: Outcome) => Argv,
  typed: readonly string[],
  context: Context,
): Promise<number> {
  const outcome: Outcome = { exitCode: 0 };
  const args = name === 'spoa' ? getoptWords(typed) : typed;
  try {
    await build(context, outcome).parseAsync(args, {}, (_error, _argv, output) => {
      if (output !== '') context.stdout(`${output}\n`);
    });
    return outcome.exitCode;
  } catch (error) {
    if (!(error instanceof OffloadError)) throw error;
    if (error.code === 'OFFLOAD_ERR_USAGE') {
      const commands = name === 'offload' ? COMMANDS : [];
      const flags = error instanceof UsageError ? error.flags : [];
      context.stderr(`${name}: ${usageText(error.message, { args, commands, flags })}\nMore with --help\n`);
    } else context.stderr(`${name}: ${error.message}\n`);
    return exitCodeOf(error.code);
  }
}

export function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
