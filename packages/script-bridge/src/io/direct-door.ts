import { createServer } from 'node:net';
import type {
  BoundAddress,
  DirectAddress,
  DirectRequest,
  DirectResponse,
  DirectStop,
  DoorName,
} from '../direct-messages.js';
import type { Bridge, Frontend } from './frontend.js';

/** How long after its time the stop of a door is waited for. */
const STOP_MARGIN_MS = 4000;
/** Pauses between tries to listen again: the first, and the longest, each twice the one before. */
const RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;

/** What a {@link DirectDoor} is made from. */
export interface DirectDoorOptions<Event> {
  readonly door: DoorName;
  /** The workers' half is made by the first `listen`: without one there is nothing to stop. */
  readonly isLazy?: boolean;
  /** For the worker's half, each time it is asked to listen; plain data. */
  readonly options?: unknown;
  readonly onEvent?: ((event: Event, worker: number) => void) | undefined;
  /** What `listen` rejects with. */
  readonly listenError: (message: string, cause?: Error) => Error;
}

/** Whether several threads can listen on one address: Node 22.12, 23.1 or later. */
export function canShareAddresses(version = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

type Answer = { readonly worker: number; resolve(address?: BoundAddress): void; reject(error: Error): void };
type Unnumbered<T> = T extends unknown ? Omit<T, 'request' | 'door'> : never;

/** The owner's half of a door that every worker opens by itself: says where to listen, and again to each successor. */
export class DirectDoor<Event> implements Frontend {
  readonly kinds = [];
  private readonly bridge: Bridge;
  private readonly options: DirectDoorOptions<Event>;
  private readonly addresses: DirectAddress[] = [];
  private readonly open = new Map<number, Answer>();
  /** Counts what happened to each worker, so that what was begun for one is not gone on with for its successor. */
  private readonly changes: number[] = [];
  private requests = 0;
  private opened = false;
  private stopping = false;

  constructor(bridge: Bridge, options: DirectDoorOptions<Event>) {
    this.bridge = bridge;
    this.options = options;
    bridge.add(this);
  }

  /** Listens in every worker; with several of them the system spreads the connections. */
  async listen(at: { host?: string | undefined; port: number; backlog?: number | undefined }): Promise<BoundAddress> {
    const { host = '127.0.0.1', port, backlog } = at;
    // The workers forget a door with its stop: nobody would close what opens now.
    if (this.stopping) throw this.options.listenError(`Cannot listen on ${host}:${port}: stopped`);
    this.opened = true;
    const { size } = this.bridge.pool;
    if (size === 1) {
      const address = (await this.listenIn(0, { host, port, backlog, reusePort: false })) as BoundAddress;
      this.addresses.push({ ...address, backlog, reusePort: false });
      return address;
    }
    if (!canShareAddresses()) {
      const needed = `Node 22.12 or later is needed, this is ${process.versions.node}`;
      throw this.options.listenError(`Cannot listen on ${host}:${port} in ${size} workers: ${needed}`);
    }
    // Sockets that share an address also share it with those of another program: whether there is one shows only now.
    const shared = { ...(await this.probe(host, port)), backlog, reusePort: true };
    await Promise.all(Array.from({ length: size }, (_, worker) => this.listenIn(worker, shared)));
    this.addresses.push(shared);
    return { host: shared.host, port: shared.port };
  }

  /** Finds out whether the address is free for one program alone, and which port that is. */
  private probe(host: string, port: number): Promise<BoundAddress> {
    return new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', (cause) => {
        reject(this.options.listenError(`Cannot listen on ${host}:${port}: ${cause.message}`, cause));
      });
      server.listen({ host, port }, () => {
        const bound = server.address() as { address: string; port: number };
        server.close(() => resolve({ host: bound.address, port: bound.port }));
      });
    });
  }

  private listenIn(worker: number, at: DirectAddress): Promise<BoundAddress | undefined> {
    return this.ask(worker, { type: 'direct.listen', at, options: this.options.options });
  }

  private ask(worker: number, message: Unnumbered<DirectRequest>): Promise<BoundAddress | undefined> {
    const request = ++this.requests;
    return new Promise((resolve, reject) => {
      this.open.set(request, { worker, resolve, reject });
      this.bridge.pool.post(worker, { ...message, door: this.options.door, request });
    });
  }

  message(worker: number, message: unknown): void {
    const response = message as DirectResponse;
    if (response.door !== this.options.door) return;
    if (response.type === 'direct.event') {
      this.options.onEvent?.(response.event as Event, worker);
      return;
    }
    const answer = this.open.get(response.request);
    this.open.delete(response.request);
    if (response.type === 'direct.done') answer?.resolve(response.address);
    else answer?.reject(this.options.listenError(response.message));
  }

  workerChanged(worker: number, state: 'lost' | 'ready'): void {
    const change = (this.changes[worker] ?? 0) + 1;
    this.changes[worker] = change;
    for (const [request, answer] of this.open) {
      if (answer.worker !== worker) continue;
      this.open.delete(request);
      answer.reject(this.options.listenError(`Worker ${worker} was lost`));
    }
    if (state === 'ready') for (const address of this.addresses) void this.relisten(worker, address, change);
  }

  /** A successor takes its predecessor's place; the system may hold on to the address for a moment. */
  private async relisten(worker: number, at: DirectAddress, change: number, retryMs = RETRY_MS): Promise<void> {
    const isOver = (): boolean => this.stopping || this.changes[worker] !== change;
    if (isOver()) return;
    try {
      await this.listenIn(worker, at);
    } catch (error) {
      if (isOver()) return;
      this.bridge.log('error', `Worker ${worker}: ${(error as Error).message}; next try in ${retryMs} ms`, { worker });
      const next = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      setTimeout(() => void this.relisten(worker, at, change, next), retryMs).unref();
    }
  }

  /** Closes the door in every worker. Never rejects. */
  async stop(options: DirectStop): Promise<void> {
    this.stopping = true;
    if (this.options.isLazy === true && !this.opened) return;
    const { graceMs = 5000, drainMs = 0 } = options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs + drainMs + STOP_MARGIN_MS);
    });
    // A worker that is lost, now or meanwhile, has no connections any more.
    const stopped = this.bridge.pool
      .stats()
      .workers.map(({ state }, worker) => state === 'started' && this.ask(worker, { type: 'direct.stop', options }));
    await Promise.race([late, Promise.allSettled(stopped)]);
    clearTimeout(timer);
  }

  // No records are its business.
  reply(): void {}
  fault(): void {}
  passEnd(): void {}
  congested(): void {}
}
