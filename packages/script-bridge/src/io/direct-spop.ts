import { createServer } from 'node:net';
import { type ListenAddress, type ListenOptions, SpopAgentError, type StopOptions } from '@offload/spop-agent';
import type {
  DirectAddress,
  DirectAgentOptions,
  DirectRequest,
  DirectResponse,
  ReportedAgentEvent,
} from '../direct-messages.js';
import type { Bridge, Frontend } from './frontend.js';

/** How long after its time an agent's stop is waited for. */
const STOP_MARGIN_MS = 4000;
const RETRY_MS = 500;

/** Options of {@link connectDirectSpop}. */
export interface DirectSpopOptions extends DirectAgentOptions {
  readonly onEvent?: (event: ReportedAgentEvent, worker: number) => void;
}

/** SPOP agents in the workers, one each, on the same addresses. */
export interface DirectSpop {
  /**
   * Listens in every worker. To be called after the pool's start, for TCP addresses only.
   * @throws SpopAgentError `SPOP_AGENT_ERR_LISTEN`
   */
  listen(at: Extract<ListenOptions, { port: number }>): Promise<ListenAddress>;
  /** Stops every agent as `Agent.stop` does. Never rejects. */
  stop(options?: StopOptions): Promise<void>;
}

/**
 * Lets every worker accept HAProxy's connections by itself and answer on the thread that reads them: no hop between
 * threads, which costs more than most handlers. The price: a script that cannot be interrupted costs its worker's
 * connections, where {@link connectSpop} loses only what the worker held. With several workers the system spreads the
 * connections (see {@link canShareAddresses}).
 */
export function connectDirectSpop(bridge: Bridge, options: DirectSpopOptions = {}): DirectSpop {
  return new DirectAgents(bridge, options);
}

/** Whether several threads can listen on one address: Node 22.12, 23.1 or later. */
export function canShareAddresses(version = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

type Answer = { readonly worker: number; resolve(address?: ListenAddress): void; reject(error: Error): void };
type Unnumbered<T> = T extends unknown ? Omit<T, 'request'> : never;

class DirectAgents implements DirectSpop, Frontend {
  readonly kinds = [];
  private readonly bridge: Bridge;
  private readonly options: DirectSpopOptions;
  private readonly addresses: DirectAddress[] = [];
  private readonly open = new Map<number, Answer>();
  /** Counts what happened to each worker, so that what was begun for one is not gone on with for its successor. */
  private readonly changes: number[] = [];
  private requests = 0;
  private stopping = false;

  constructor(bridge: Bridge, options: DirectSpopOptions) {
    this.bridge = bridge;
    this.options = options;
    bridge.add(this);
  }

  async listen({ host = '127.0.0.1', port }: { host?: string; port: number }): Promise<ListenAddress> {
    const { size } = this.bridge.pool;
    if (size === 1) {
      const address = (await this.listenIn(0, { host, port, reusePort: false })) as DirectAddress;
      this.addresses.push({ ...address, reusePort: false });
      return address;
    }
    if (!canShareAddresses()) {
      const message = `Cannot listen on ${host}:${port} in ${size} workers: Node 22.12 or later is needed, this is ${process.versions.node}`;
      throw new SpopAgentError('SPOP_AGENT_ERR_LISTEN', message);
    }
    // Sockets that share an address also share it with those of another program: whether there is one shows only now.
    const shared = { ...(await probe(host, port)), reusePort: true };
    await Promise.all(Array.from({ length: size }, (_, worker) => this.listenIn(worker, shared)));
    this.addresses.push(shared);
    return { host: shared.host, port: shared.port };
  }

  private listenIn(worker: number, at: DirectAddress): Promise<ListenAddress | undefined> {
    const { capabilities, limits } = this.options;
    return this.ask(worker, { type: 'spop.listen', at, options: { capabilities, limits } });
  }

  private ask(worker: number, message: Unnumbered<DirectRequest>): Promise<ListenAddress | undefined> {
    const request = ++this.requests;
    return new Promise((resolve, reject) => {
      this.open.set(request, { worker, resolve, reject });
      this.bridge.pool.post(worker, { ...message, request });
    });
  }

  message(worker: number, message: unknown): void {
    const response = message as DirectResponse;
    if (response.type === 'spop.event') {
      this.options.onEvent?.(response.event, worker);
      return;
    }
    const answer = this.open.get(response.request);
    this.open.delete(response.request);
    if (response.type === 'spop.done') answer?.resolve(response.address);
    else answer?.reject(new SpopAgentError('SPOP_AGENT_ERR_LISTEN', response.message));
  }

  workerChanged(worker: number, state: 'lost' | 'ready'): void {
    const change = (this.changes[worker] ?? 0) + 1;
    this.changes[worker] = change;
    for (const [request, answer] of this.open) {
      if (answer.worker !== worker) continue;
      this.open.delete(request);
      answer.reject(new SpopAgentError('SPOP_AGENT_ERR_LISTEN', `Worker ${worker} was lost`));
    }
    if (state === 'ready') for (const address of this.addresses) void this.relisten(worker, address, change);
  }

  /** A successor takes its predecessor's place; the system may hold on to the address for a moment. */
  private async relisten(worker: number, at: DirectAddress, change: number): Promise<void> {
    const isOver = (): boolean => this.stopping || this.changes[worker] !== change;
    if (isOver()) return;
    try {
      await this.listenIn(worker, at);
    } catch (error) {
      if (isOver()) return;
      this.bridge.log('error', `Worker ${worker}: ${(error as Error).message}; next try in ${RETRY_MS} ms`, { worker });
      setTimeout(() => void this.relisten(worker, at, change), RETRY_MS).unref();
    }
  }

  async stop(options: StopOptions = {}): Promise<void> {
    this.stopping = true;
    if (this.addresses.length === 0) return;
    const { graceMs = 5000, drainMs = 0 } = options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs + drainMs + STOP_MARGIN_MS);
    });
    // A worker that is lost, now or meanwhile, has no connections any more.
    const stopped = this.bridge.pool
      .stats()
      .workers.map(({ state }, worker) => state === 'started' && this.ask(worker, { type: 'spop.stop', options }));
    await Promise.race([late, Promise.allSettled(stopped)]);
    clearTimeout(timer);
  }

  // No records are its business.
  reply(): void {}
  fault(): void {}
  passEnd(): void {}
  congested(): void {}
}

/** Finds out whether the address is free for one program alone, and which port that is. */
function probe(host: string, port: number): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (cause) => {
      const message = `Cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new SpopAgentError('SPOP_AGENT_ERR_LISTEN', message, cause));
    });
    server.listen({ host, port }, () => {
      const bound = server.address() as { address: string; port: number };
      server.close(() => resolve({ host: bound.address, port: bound.port }));
    });
  });
}
