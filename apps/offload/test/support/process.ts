import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Program } from '../../../../test/support/program.js';
import type { CliResult } from './run-cli.js';

/** Variables of the machine without those that would configure the program under test. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OFFLOAD_')));

const start = (bin: string): string => fileURLToPath(new URL(`../../bin/${bin}.js`, import.meta.url));

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built program; it is stopped when the test is over. */
export function startProgram(bin: 'offload' | 'spoa', args: readonly string[], options: ProcessOptions = {}): Program {
  const env = { ...environment, ...options.env };
  const program = new Program(process.execPath, [start(bin), ...args], { ...options, env });
  onTestFinished(async () => void (await program.stop()));
  return program;
}

/** Runs the built program to its end. */
export function runProgram(
  bin: 'offload' | 'spoa',
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<CliResult> {
  const env = { ...environment, ...options.env };
  return new Promise((resolve) => {
    execFile(process.execPath, [start(bin), ...args], { cwd: options.cwd, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** The address in the line that says where a program listens. */
export async function spopAddress(program: Program): Promise<string> {
  const line = await program.waitForLine(/^ {2}SPOP agent on /);
  await program.waitForLine(/^Try it from another terminal/);
  return line.replace(/^ {2}SPOP agent on ([^,]*).*$/, '$1');
}

/** The URL in the line that says where a program serves WebSockets, once it is ready. */
export async function wsUrl(program: Program): Promise<string> {
  const line = await program.waitForLine(/^ {2}WebSockets on /);
  await program.waitForLine(/^Try it from another terminal/);
  return line.replace(/^ {2}WebSockets on ([^,]*).*$/, '$1');
}
