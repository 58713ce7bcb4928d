import { buildCli, runCli } from '../../src/cli.js';
import type { Context } from '../../src/context.js';
import { buildSpoaCli } from '../../src/spoa-cli.js';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line of `offload` in this process, with an environment of its own. */
export function offload(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return run('offload', buildCli, args, env);
}

/** The same for `spoa`. */
export function spoa(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return run('spoa', buildSpoaCli, args, env);
}

async function run(
  name: 'offload' | 'spoa',
  build: typeof buildCli,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const context: Context = {
    env,
    cwd: process.cwd(),
    stdout: (text) => {
      stdout += text;
    },
    announce: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    onStopSignal: () => () => {},
    exit: (code) => {
      throw new Error(`Exit ${code}`);
    },
  };
  return { code: await runCli(name, build, args, context), stdout, stderr };
}
