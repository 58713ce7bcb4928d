import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Version line of the installed HAProxy, or undefined. */
export function haproxyVersion(): string | undefined {
  const { status, stdout } = spawnSync('haproxy', ['-v'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

export interface HaproxySetup {
  /** `host:port` or `unix@/path` of the agent. */
  readonly agent: string;
  /** Lines of the spoe-agent section. */
  readonly agentLines?: string;
  /** Messages; the agent section names those in `messages`. */
  readonly messages: readonly string[];
  readonly messageSections: string;
  /** Lines of the frontend, after the filter. */
  readonly frontend: string;
  readonly check?: boolean;
}

/** A HAProxy of one thread with one frontend and one agent, in the foreground (spop.md 7). */
export class Haproxy {
  readonly url: string;
  private readonly process: ChildProcess;
  private readonly folder: string;
  private log = '';
  private waiting: (() => void)[] = [];

  private constructor(process: ChildProcess, folder: string, url: string) {
    this.process = process;
    this.folder = folder;
    this.url = url;
    const take = (chunk: Buffer) => {
      this.log += chunk;
      for (const wake of this.waiting.splice(0)) wake();
    };
    process.stdout!.on('data', take);
    process.stderr!.on('data', take);
  }

  static async start(setup: HaproxySetup): Promise<Haproxy> {
    const folder = mkdtempSync(join(tmpdir(), 'spop-agent-haproxy-'));
    const port = await freePort();
    writeFileSync(join(folder, 'haproxy.cfg'), haproxyConfig(setup, folder, port));
    writeFileSync(join(folder, 'spoe.conf'), spoeConfig(setup));
    const child = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: ['ignore', 'pipe', 'pipe'] });
    const haproxy = new Haproxy(child, folder, `http://127.0.0.1:${port}`);
    await haproxy.accepts();
    return haproxy;
  }

  private async accepts(): Promise<void> {
    for (;;) {
      if (this.process.exitCode !== null) throw new Error(`haproxy ended:\n${this.log}`);
      try {
        await fetch(`${this.url}/ready`, { headers: { connection: 'close' } });
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** What it logged so far. */
  get output(): string {
    return this.log;
  }

  /** Waits until the log has a match. */
  async logged(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.log)) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function haproxyConfig({ agent, frontend, check }: HaproxySetup, folder: string, port: number): string {
  return `global
    log stdout format raw local0
    nbthread 1
    tune.bufsize 16384
defaults
    log global
    mode http
    timeout connect 2s
    timeout client 10s
    timeout server 10s
frontend fe
    bind 127.0.0.1:${port}
    option http-buffer-request
    filter spoe engine test config ${join(folder, 'spoe.conf')}
${frontend}
backend agents
    mode tcp
    ${check ? 'option spop-check' : ''}
    timeout connect 1s
    timeout server 3m
    server a1 ${agent} ${check ? 'check inter 100ms' : ''}
`;
}

function spoeConfig({ agentLines = '', messages, messageSections }: HaproxySetup): string {
  return `[test]
spoe-agent test-agent
    log global
    messages ${messages.join(' ')}
    option var-prefix t
    option continue-on-error
    option set-on-error err
    timeout hello 500ms
    timeout idle 30s
    timeout processing 2s
    use-backend agents
${agentLines}
${messageSections}
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
