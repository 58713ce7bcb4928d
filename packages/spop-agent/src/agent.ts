import type { Socket } from 'node:net';
import { CAPABILITIES, type Capability, Status } from '@offload/spop-codec';
import { Connection } from './connection.js';
import type { ConnectionCounters, ConnectionHost } from './connection-host.js';
import { Dispatcher } from './dispatcher.js';
import { SpopAgentError } from './errors.js';
import type { AgentEvent } from './events.js';
import { type AgentLimits, resolveLimits } from './limits.js';
import { Listener } from './listener.js';
import { Halt } from './read-gate.js';
import { Shutdown } from './shutdown.js';
import type { Agent, AgentOptions, AgentStats, ListenAddress, ListenOptions, StopOptions } from './types.js';
import { WriterPool } from './writer-pool.js';

const DEFAULT_CAPABILITIES: readonly Capability[] = ['pipelining', 'fragmentation'];
/** Sweeps within the idle time. */
const IDLE_SWEEPS = 4;

/**
 * Makes an SPOE agent: the TCP or unix socket server that HAProxy connects to (SPOE.txt 3, spop.md).
 * Throws SPOP_AGENT_ERR_OPTION.
 */
export function createAgent(options: AgentOptions): Agent {
  return new SpopAgent(options);
}

class SpopAgent implements Agent, ConnectionHost<Connection> {
  readonly limits: AgentLimits;
  readonly capabilities: readonly Capability[];
  readonly writers = new WriterPool();
  readonly counters: ConnectionCounters = {
    inFlight: 0,
    refused: 0,
    healthChecks: 0,
    notifies: 0,
    acks: 0,
    bytesRead: 0,
    bytesWritten: 0,
    protocolErrors: 0,
  };
  readonly emit: (event: AgentEvent) => void;
  readonly notify: ConnectionHost<Connection>['notify'];
  readonly passEnd: () => void;
  readonly keepsBytes: boolean;

  private readonly connections = new Set<Connection>();
  private readonly listeners = new Set<Listener>();
  private accepted = 0;
  reading = true;
  private dirtyConnections: Connection[] = [];
  private flushScheduled = false;
  private idleClock: NodeJS.Timeout | undefined;
  private shutdown: Shutdown | undefined;

  constructor(options: AgentOptions) {
    this.limits = resolveLimits(options.limits);
    this.capabilities = checkCapabilities(options.capabilities ?? DEFAULT_CAPABILITIES);
    this.emit = options.onEvent ?? ignore;
    this.passEnd = options.onPassEnd ?? ignore;
    this.keepsBytes = options.handlers !== undefined;
    this.notify = this.notifyFrom(options);
  }

  /** Draining begins with `stop`. */
  get draining(): boolean {
    return this.shutdown !== undefined;
  }

  private notifyFrom({ handlers, onNotify }: AgentOptions): ConnectionHost<Connection>['notify'] {
    if ((handlers === undefined) === (onNotify === undefined)) {
      const message = 'Cannot create agent: exactly one of handlers and onNotify is needed';
      throw new SpopAgentError('SPOP_AGENT_ERR_OPTION', message);
    }
    if (handlers !== undefined) {
      const dispatcher = new Dispatcher(handlers, this.limits.handlerTimeoutMs, this.emit);
      return (connection, streamId, frameId, bytes, at, end) =>
        dispatcher.notify(connection, streamId, frameId, bytes, at, end);
    }
    return (connection, streamId, frameId, bytes, at, end) => {
      connection.track(streamId, frameId);
      try {
        onNotify!(connection, streamId, frameId, bytes, at, end);
      } catch (error) {
        this.emit({ type: 'handler-error', name: '', error, connection, streamId, frameId });
        connection.ack(streamId, frameId);
      }
    };
  }

  async listen(at: ListenOptions): Promise<ListenAddress> {
    if (this.shutdown !== undefined) throw stopped();
    const listener = await Listener.open(
      at,
      (socket) => this.accept(socket, 'path' in at ? at.path : undefined),
      (error) => this.emit({ type: 'accept-error', error }),
    );
    if (this.shutdown !== undefined) {
      listener.close();
      throw stopped();
    }
    this.listeners.add(listener);
    if (this.limits.idleTimeoutMs > 0) this.startIdleClock();
    return listener.address;
  }

  private accept(socket: Socket, path: string | undefined): void {
    const { maxConnections } = this.limits;
    if (this.connections.size >= maxConnections * 2) {
      this.counters.refused++;
      socket.destroy();
      return;
    }
    const peer = path ?? `${socket.remoteAddress}:${socket.remotePort}`;
    const connection = new Connection(++this.accepted, socket, peer, this);
    this.connections.add(connection);
    if (this.connections.size > maxConnections) connection.refuse('too-many-connections', Status.RESOURCE);
  }

  pauseReading(): void {
    this.reading = false;
    // Those that have not said HELLO go on: a health check or a handshake costs little, and both would time out. So do
    // those that end: their end would not be read.
    for (const connection of this.connections) {
      if (connection.state === 'ready') connection.gate.halt(Halt.AGENT);
    }
  }

  resumeReading(): void {
    this.reading = true;
    for (const connection of this.connections) connection.gate.release(Halt.AGENT);
  }

  dirty(connection: Connection): void {
    if (connection.dirty) return;
    connection.dirty = true;
    this.dirtyConnections.push(connection);
    if (this.flushScheduled) return;
    // After the promise jobs of this turn, so that handlers which finish together share a write.
    this.flushScheduled = true;
    process.nextTick(() => {
      this.flushScheduled = false;
      this.flush();
    });
  }

  flush(): void {
    const connections = this.dirtyConnections;
    if (connections.length === 0) return;
    this.dirtyConnections = [];
    for (const connection of connections) {
      connection.dirty = false;
      connection.flush();
    }
  }

  holdBack(connection: Connection): boolean {
    return this.shutdown?.farewell?.holdBack(connection) ?? false;
  }

  closed(connection: Connection): void {
    this.connections.delete(connection);
    this.shutdown?.connectionClosed();
  }

  private startIdleClock(): void {
    const sweep = () => {
      for (const connection of this.connections) {
        if (connection.active || connection.inFlight.size > 0) connection.idleSweeps = 0;
        else if (++connection.idleSweeps >= IDLE_SWEEPS) connection.abandon('idle-timeout');
        connection.active = false;
      }
    };
    this.idleClock ??= setInterval(sweep, Math.ceil(this.limits.idleTimeoutMs / IDLE_SWEEPS)).unref();
  }

  stop(options: StopOptions = {}): Promise<void> {
    this.shutdown ??= new Shutdown(this.connections, () => this.stopListening());
    return this.shutdown.run(options);
  }

  private stopListening(): void {
    for (const listener of this.listeners) listener.close();
    this.listeners.clear();
    clearInterval(this.idleClock);
  }

  stats(): AgentStats {
    let refusing = 0;
    let { bytesWritten } = this.counters;
    for (const connection of this.connections) {
      if (connection.state === 'refused') refusing++;
      bytesWritten += connection.output.bytesWritten;
    }
    return {
      ...this.counters,
      bytesWritten,
      connections: this.connections.size - refusing,
      refusing,
      accepted: this.accepted,
    };
  }
}

function ignore(): void {}

function stopped(): SpopAgentError {
  return new SpopAgentError('SPOP_AGENT_ERR_STOPPED', 'Cannot listen: the agent was stopped');
}

function checkCapabilities(capabilities: readonly Capability[]): readonly Capability[] {
  for (const word of capabilities) {
    if (CAPABILITIES.includes(word)) continue;
    const message = `Cannot announce capability "${String(word)}": one of ${CAPABILITIES.join(', ')} is needed`;
    throw new SpopAgentError('SPOP_AGENT_ERR_OPTION', message);
  }
  return [...new Set(capabilities)];
}
