/** The program itself as a process: `offload serve` on a free port or a unix socket, awaited by what it prints. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program, type ProgramEnd } from './program.js';
import { repository } from './workspace.js';

const main = join(repository, 'apps/offload/dist/main.js');

/** Path of a script of the tests. */
export const testScript = (name: string): string => fileURLToPath(new URL(`../e2e/scripts/${name}`, import.meta.url));

export interface OffloadOptions {
  /** Unix socket to listen on instead of a free port. */
  readonly socket?: string;
  /** More environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export class Offload {
  readonly program: Program;
  /** Address of the SPOE agent as HAProxy writes it. */
  readonly address: string;

  private constructor(program: Program, address: string) {
    this.program = program;
    this.address = address;
  }

  /** Starts `offload serve --spop`, on a free port unless `socket` names a unix socket. Logs are JSON lines. */
  static async start(args: readonly string[], { socket, env = {} }: OffloadOptions = {}): Promise<Offload> {
    if (!existsSync(main)) throw new Error(`${main} is missing: run the build first`);
    const listen = socket === undefined ? '127.0.0.1:0' : `unix:${socket}`;
    const fixed = ['serve', '--spop', '--spop-listen', listen, '--log-format', 'json'];
    const program = new Program(process.execPath, [main, ...fixed, ...args], { env: { ...process.env, ...env } });
    try {
      const line = await program.waitForLine(/SPOP agent on \S+/);
      const address = /SPOP agent on ([^\s,]+)/.exec(line)![1]!;
      return new Offload(program, address.replace(/^unix:/, 'unix@'));
    } catch (error) {
      await program.stop();
      throw error;
    }
  }

  /** The first log record whose line matches; waits for it. */
  async waitForLog(pattern: RegExp): Promise<Record<string, unknown>> {
    return JSON.parse(await this.program.waitForLine(pattern)) as Record<string, unknown>;
  }

  stop(): Promise<ProgramEnd> {
    return this.program.stop();
  }
}
