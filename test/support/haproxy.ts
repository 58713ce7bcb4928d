/**
 * The real HAProxy as a test peer: rendered configuration, sockets in a folder of its own (so no port is fought over),
 * awaited until it answers, stopped by its id. One plain process: 2.6 in master-worker mode (-W) loses signals for a
 * moment after its start, and now and then crashes at the very end of a soft stop.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type HttpRequest, type HttpResponse, KeepAliveClient, sendHttp } from './http-request.js';
import { Program, type ProgramEnd } from './program.js';

export interface HaproxyOptions {
  /** Addresses of the agents as HAProxy writes them: `127.0.0.1:12345` or `unix@/path`. */
  readonly agents: readonly string[];
  /** The file of the filter; its engine is `offload`, its backend `agents`. */
  readonly spoe: string;
  /** Lines of the frontend, below its `bind` and `filter` lines. */
  readonly frontend: string;
  /** More sections, such as a backend for the frontend. */
  readonly sections?: (folder: string) => string;
  /** More lines of `global`; `nbthread 1` by default, which makes 2.6 use as few connections as it can. */
  readonly global?: string;
  /** More lines of the agents' backend. */
  readonly backend?: string;
  /** Words after the address on each `server` line, such as `check inter 100ms`. */
  readonly server?: string;
}

function findHaproxy(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin'];
  return folders
    .map((folder) => join(folder, 'haproxy'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Path of the haproxy program, or undefined where Debian's package `haproxy` is not installed. */
export const haproxyBinary = findHaproxy();

/**
 * True for HAProxy 3.1 and later, where SPOP is a multiplexer: it sends no fragments, spreads NOTIFYs over idle connections,
 * and ends connections without saying good-bye (spop.md 3.1, 3.5, 3.8).
 */
export const isMultiplexer = haproxyBinary !== undefined && versionOf(haproxyBinary) >= 3.1;

function versionOf(binary: string): number {
  const { stdout } = spawnSync(binary, ['-v'], { encoding: 'utf8' });
  return Number(/version (\d+\.\d+)/.exec(stdout)?.[1] ?? 0);
}

if (haproxyBinary === undefined) {
  process.stderr.write('SKIPPED: tests with a real HAProxy. Install the Debian package haproxy to run them.\n');
}

const indent = (lines: string | undefined): string =>
  (lines ?? '')
    .split('\n')
    .map((line) => `    ${line.trim()}`)
    .join('\n');

function renderConfig(folder: string, options: HaproxyOptions): string {
  return `global
    log stdout format raw local0
    stats socket unix@${folder}/stats.sock mode 600 level admin expose-fd listeners
    stats timeout 1m
${indent(options.global ?? 'nbthread 1')}
defaults
    log global
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend fe
    bind unix@${folder}/frontend.sock accept-proxy
    filter spoe engine offload config ${folder}/spoe.conf
${indent(options.frontend)}
backend agents
    mode tcp
    timeout connect 5s
    timeout server 3m
${indent(options.backend)}
${options.agents.map((address, index) => `    server agent${index + 1} ${address} ${options.server ?? ''}`).join('\n')}
${options.sections?.(folder) ?? ''}
`;
}

const statsSocket = (folder: string): string => join(folder, 'stats.sock');

function runHaproxy(folder: string, args: readonly string[] = []): Program {
  return new Program(haproxyBinary!, ['-db', '-f', join(folder, 'haproxy.cfg'), ...args]);
}

export class Haproxy {
  readonly #folder: string;
  /** The process that serves; after a reload another one. */
  #program: Program;

  private constructor(folder: string, program: Program) {
    this.#folder = folder;
    this.#program = program;
  }

  /** Starts HAProxy and resolves when it serves. Throws with all it said when it does not. */
  static async start(options: HaproxyOptions): Promise<Haproxy> {
    const folder = mkdtempSync(join(tmpdir(), 'offload-haproxy-'));
    writeFileSync(join(folder, 'haproxy.cfg'), renderConfig(folder, options));
    writeFileSync(join(folder, 'spoe.conf'), options.spoe);
    const haproxy = new Haproxy(folder, runHaproxy(folder));
    try {
      await haproxy.#untilServing();
      return haproxy;
    } catch (error) {
      await haproxy.stop();
      throw error;
    }
  }

  /** What the serving process logged and printed so far. */
  get lines(): readonly string[] {
    return this.#program.lines;
  }

  /** Sends one request to the frontend, from 192.0.2.1 unless told otherwise. */
  request(options: HttpRequest = {}): Promise<HttpResponse> {
    return sendHttp({ path: join(this.#folder, 'frontend.sock') }, { from: '192.0.2.1', ...options });
  }

  /** A client with one connection of its own to the frontend. */
  keepAliveClient(from = '192.0.2.1'): KeepAliveClient {
    return new KeepAliveClient({ path: join(this.#folder, 'frontend.sock') }, from);
  }

  /** Runs a command of the stats socket; resolves with its whole answer. */
  command(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path: statsSocket(this.#folder) });
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.once('error', reject);
      socket.once('close', () => resolve(Buffer.concat(chunks).toString('utf8').trim()));
      socket.end(`${text}\n`);
    });
  }

  waitForLine(pattern: RegExp, from = 0): Promise<string> {
    return this.#program.waitForLine(pattern, from);
  }

  /** HAProxy says nothing when it begins to serve, so its stats socket is asked until the right process answers. */
  async #untilServing(): Promise<void> {
    const program = this.#program;
    const gone = program.waitForLine(/^never$/);
    gone.catch(() => {});
    const serves = new RegExp(`^Pid: ${program.pid}$`, 'm');
    while (!serves.test(await this.command('show info').catch(() => ''))) await Promise.race([setTimeout(5), gone]);
  }

  /**
   * Starts a new process that takes the listening sockets over and tells the old one to finish. Resolves when the new
   * one serves, with the end of the old one still to come.
   */
  async reload(): Promise<{ readonly oldEnded: Promise<ProgramEnd> }> {
    const old = this.#program;
    this.#program = runHaproxy(this.#folder, ['-sf', String(old.pid), '-x', statsSocket(this.#folder)]);
    await this.#untilServing();
    return { oldEnded: old.ended };
  }

  /** Soft stop: finishes what is pending, says good-bye to the agent, ends. */
  softStop(): Promise<ProgramEnd> {
    this.#program.signal('SIGUSR1');
    return this.#program.ended;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
