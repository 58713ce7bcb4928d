import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Figures } from './measurement.js';

/** One line of a report: how the server is started, how it is loaded. */
export interface Case {
  readonly name: string;
  readonly server: readonly string[];
  readonly load: readonly string[];
}

/** File name of a module of this package, relative to this one. */
export const modulePath = (name: string): string => new URL(name, import.meta.url).pathname;

/** What `ws/idle.js` prints. */
export interface IdleFigures {
  readonly connectionsPerSecond: number;
  readonly connectionsPerCpuSecond: number;
  readonly bytesPerConnection: number;
  readonly pinged: number;
  readonly alive: number;
  readonly failures: readonly string[];
}

/** Starts the server, loads it, stops it. Both are processes of their own. */
export async function runCase(serverModule: string, loadModule: string, { server, load }: Case): Promise<Figures> {
  return (await runPair([modulePath(serverModule), ...server], [modulePath(loadModule), ...load])) as Figures;
}

/** Connections that say nothing, pinged every two seconds. */
export async function runIdle(server: readonly string[], conns: number): Promise<IdleFigures> {
  const interval = ['--ping-interval', '2000'];
  return (await runPair(
    ['--expose-gc', modulePath('./ws/serve.js'), ...server, ...interval],
    [modulePath('./ws/idle.js'), '--conns', String(conns), ...interval],
  )) as IdleFigures;
}

async function runPair(server: readonly string[], load: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, server, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await firstLine(child.stdout);
    const args = [...load, '--port', String(JSON.parse(port).port), '--pid', String(child.pid)];
    const generator = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return JSON.parse(await firstLine(generator.stdout));
  } finally {
    child.kill('SIGKILL');
  }
}

/** The first line a process prints. */
export function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stream });
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error('The process ended without a line of output')));
  });
}

/** The run whose `framesPerCpuSecond` is the middle one. */
export function median(runs: readonly Figures[]): Figures {
  return [...runs].sort((a, b) => a.framesPerCpuSecond - b.framesPerCpuSecond)[runs.length >> 1];
}
