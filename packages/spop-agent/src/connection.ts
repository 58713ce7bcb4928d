import type { Socket } from 'node:net';
import {
  AgentSession,
  type AgentSessionSink,
  type Disconnect,
  type HaproxyHello,
  type SpopError,
  Status,
  type StatusCode,
} from '@offload/spop-codec';
import { ackTruncated } from './ack-truncated.js';
import type { AgentConnection, Id } from './agent-connection.js';
import type { ConnectionHost } from './connection-host.js';
import type { CloseReason, RefuseReason } from './events.js';
import { InFlight } from './in-flight.js';
import { Output } from './output.js';
import { readChunks } from './read-chunks.js';
import { Halt, ReadGate } from './read-gate.js';

const NO_ACTIONS = new Uint8Array(0);

/** One socket and its session: moves bytes between them and ends the connection the way each case wants it. */
export class Connection implements AgentConnection, AgentSessionSink {
  readonly id: number;
  readonly peer: string;
  engineId: string | undefined;
  /** `hello` and `ready` as the session; `ending` takes nothing more but may have bytes to send. */
  state: 'hello' | 'ready' | 'refused' | 'ending' | 'closed' = 'hello';
  readonly inFlight = new InFlight();
  readonly gate: ReadGate;
  readonly output: Output;
  /** NOTIFYs so far. */
  notifies = 0;
  /** Set by traffic, cleared by the agent's sweep. */
  active = true;
  /** Sweeps without traffic. */
  idleSweeps = 0;
  /** True while the agent's list of connections to flush has this one. */
  dirty = false;

  private readonly host: ConnectionHost<Connection>;
  private readonly socket: Socket;
  private readonly session: AgentSession;
  private inPass = false;
  private peerEnded = false;
  private timer: NodeJS.Timeout | undefined;
  private reason: CloseReason = 'peer';
  private error: Error | undefined;

  constructor(id: number, socket: Socket, peer: string, host: ConnectionHost<Connection>) {
    const { limits, capabilities } = host;
    this.id = id;
    this.socket = socket;
    this.peer = peer;
    this.host = host;
    this.session = new AgentSession(this, { ...limits, capabilities });
    this.gate = new ReadGate(socket, this.session, () => this.resume());
    this.output = new Output(socket, host.writers, limits, this.inFlight, () => this.checkQueue());
    readChunks(socket, this.session, host.keepsBytes, (chunk) => this.onData(chunk));
    socket.on('end', () => this.onEnd());
    socket.on('drain', () => this.checkQueue());
    socket.on('error', (error: Error) => this.onError(error));
    socket.on('close', () => this.onClose());
    this.timer = setTimeout(() => this.destroy('handshake-timeout'), limits.handshakeTimeoutMs);
  }

  get closed(): boolean {
    return this.state === 'closed' || this.state === 'ending' || this.state === 'refused';
  }

  /** Nothing is owed, as far as what was read tells. */
  get quiet(): boolean {
    return this.state === 'ready' && this.inFlight.size === 0 && !this.session.midFrame;
  }

  get maxFrameBytes(): number {
    return this.session.maxFrameBytes;
  }

  private onData(chunk: Uint8Array): void {
    this.host.counters.bytesRead += chunk.length;
    this.active = true;
    if (this.closed) return;
    this.inPass = true;
    this.session.push(chunk);
    this.endPass();
  }

  /** Sends all that the frames of one chunk produced at once. */
  private endPass(): void {
    this.host.passEnd();
    this.inPass = false;
    this.flush();
  }

  private onEnd(): void {
    this.peerEnded = true;
    // An engine that closed its half still gets the ACKs, or the refusal, it is owed. HAProxy never does that.
    if (this.inFlight.size === 0 && this.state !== 'refused') this.output.end();
  }

  private onError(error: Error): void {
    const { code } = error as NodeJS.ErrnoException;
    // The usual end of a connection from HAProxy 3.1 on (spop.md 3.1).
    if (code === 'ECONNRESET' || code === 'EPIPE') return;
    this.error = error;
    if (this.reason === 'peer') this.reason = 'error';
  }

  private onClose(): void {
    const { reason, error, inFlight } = this;
    this.state = 'closed';
    this.session.close();
    this.output.destroy();
    clearTimeout(this.timer);
    this.host.counters.bytesWritten += this.output.bytesWritten;
    this.host.counters.inFlight -= inFlight.size;
    this.host.closed(this);
    const { maxFrameBytes, midFrame } = this.session;
    const ended = { reason, opened: maxFrameBytes > 0, inFlight: inFlight.size, midFrame };
    const cause = error === undefined ? {} : { error };
    this.host.emit({ type: 'connection-closed', connection: this, ...ended, ...cause });
  }

  hello(hello: HaproxyHello): void {
    clearTimeout(this.timer);
    this.engineId = hello.engineId;
    hello.healthcheck ? this.answerHealthCheck() : this.answerHello(hello);
  }

  private answerHello(hello: HaproxyHello): void {
    this.state = 'ready';
    // An engine that announces async is HAProxy 3.0 or older, which has no such limit (spop.md 2.4, 3.10).
    if (this.session.pipelining && !hello.capabilities.includes('async')) this.output.pace(hello.maxFrameSize);
    this.session.writeHello(this.output.writer());
    if (!this.host.reading) this.gate.halt(Halt.AGENT);
    const { engineId, capabilities, maxFrameSize: maxFrameBytes } = hello;
    this.host.emit({ type: 'connection-opened', connection: this, engineId, capabilities, maxFrameBytes });
  }

  private answerHealthCheck(): void {
    this.host.counters.healthChecks++;
    const ok = !this.host.draining;
    if (ok) this.session.writeHello(this.output.writer());
    else this.session.writeDisconnect(this.output.writer(), Status.RESOURCE);
    this.host.emit({ type: 'health-check', connection: this, ok });
    this.finish('health-check');
  }

  notify(streamId: Id, frameId: Id, bytes: Uint8Array, at: number, end: number): void {
    this.notifies++;
    this.host.counters.notifies++;
    this.host.notify(this, streamId, frameId, bytes, at, end);
  }

  engineAborted(streamId: Id, frameId: Id): void {
    this.host.emit({ type: 'message-aborted', connection: this, streamId, frameId });
  }

  tooBig(streamId: Id, frameId: Id, last: boolean): void {
    this.host.counters.notifies++;
    this.host.emit({ type: 'message-too-big', connection: this, streamId, frameId });
    if (last) this.acknowledge(streamId, frameId, NO_ACTIONS, 0, 0);
    else this.session.writeAbort(this.output.writer(), streamId, frameId);
  }

  disconnect({ statusCode, message }: Disconnect): void {
    this.host.emit({ type: 'disconnect-received', connection: this, status: statusCode, message });
    const answer = () => this.sendDisconnect(Status.NORMAL, 'disconnect-received');
    // HAProxy up to 3.0 rejects our HELLO so, and reconnects the instant we answer or close (spop.md 2.3).
    if (this.notifies === 0 && statusCode > Status.TIMEOUT) this.hold(answer);
    else answer();
  }

  skipped(frameType: number): void {
    this.host.emit({ type: 'frame-skipped', connection: this, frameType });
  }

  fault(error: SpopError): void {
    this.host.counters.protocolErrors++;
    if (this.state === 'hello') {
      this.refuse('handshake', error.status, error);
      return;
    }
    this.host.emit({ type: 'protocol-error', connection: this, error });
    this.sendDisconnect(error.status, 'protocol-error');
  }

  /** Counts a NOTIFY that will be answered later, by `ack`. */
  track(streamId: Id, frameId: Id): void {
    this.inFlight.add(streamId, frameId);
    this.host.counters.inFlight++;
    if (this.inFlight.size >= this.host.limits.maxInFlightPerConnection) this.gate.halt(Halt.IN_FLIGHT);
  }

  ack(streamId: Id, frameId: Id, actionBytes: Uint8Array = NO_ACTIONS, at = 0, end = actionBytes.length): void {
    if (this.state !== 'ready') return;
    if (!this.inFlight.remove(streamId, frameId)) {
      this.host.emit({ type: 'ack-unexpected', connection: this, streamId, frameId });
      return;
    }
    this.host.counters.inFlight--;
    this.acknowledge(streamId, frameId, actionBytes, at, end);
    if (this.gate.has(Halt.IN_FLIGHT) && this.inFlight.size * 2 <= this.host.limits.maxInFlightPerConnection) {
      this.gate.release(Halt.IN_FLIGHT);
    }
  }

  /** Answers a NOTIFY that is not tracked. */
  acknowledge(streamId: Id, frameId: Id, actions: Uint8Array, at: number, end: number): void {
    this.host.counters.acks++;
    const writer = this.output.writer();
    const before = writer.at;
    const dropped = this.session.writeAck(writer, streamId, frameId, actions, at, end);
    const bytes = writer.at - before;
    if (this.output.appended(bytes)) this.host.emit({ type: 'acks-paced', connection: this, bytes });
    if (dropped > 0) this.host.emit(ackTruncated(this, streamId, frameId, actions, end - dropped, end));
    if (!this.inPass) this.host.dirty(this);
    else if (writer.at > this.host.limits.maxQueuedWriteBytes) this.gate.halt(Halt.WRITE_QUEUE);
  }

  /** One write of all frames so far. */
  flush(): void {
    if (this.state === 'ending') this.output.end();
    if (this.state === 'ready' && !this.host.holdBack(this)) this.send();
  }

  /** Only writes: what was read with these frames may be owed answers yet. */
  sendNow(): void {
    if (this.state === 'ready' && !this.host.holdBack(this)) this.output.flush();
  }

  send(): void {
    this.output.flush();
    if (this.peerEnded && this.inFlight.size === 0) this.output.end();
    else this.checkQueue();
  }

  private resume(): void {
    if (this.closed) return;
    this.inPass = true;
    this.session.resume();
    this.endPass();
    this.gate.readOn();
  }

  private checkQueue(): void {
    const { maxQueuedWriteBytes } = this.host.limits;
    const bytes = this.output.unsentBytes;
    if (bytes > maxQueuedWriteBytes) this.gate.halt(Halt.WRITE_QUEUE);
    else if (bytes * 2 <= maxQueuedWriteBytes) this.gate.release(Halt.WRITE_QUEUE);
  }

  /** Holds the connection, then says why and closes: never quickly (spop.md 2.3). */
  refuse(reason: RefuseReason, status: StatusCode, error?: SpopError): void {
    this.host.counters.refused++;
    const cause = error === undefined ? {} : { error };
    this.host.emit({ type: 'refused', connection: this, reason, status, ...cause });
    this.hold(() => this.sendDisconnect(status, 'refused'));
  }

  private hold(then: () => void): void {
    this.state = 'refused';
    this.session.close();
    clearTimeout(this.timer);
    this.timer = setTimeout(then, this.host.limits.refuseDelayMs);
  }

  /** Says good-bye after the ACKs so far, and closes. */
  sendDisconnect(status: StatusCode, reason: CloseReason): void {
    this.session.writeDisconnect(this.output.writer(), status);
    this.host.emit({ type: 'disconnect-sent', connection: this, status });
    this.finish(reason);
  }

  /** Answers all that waits with an empty ACK, then as `sendDisconnect`. */
  abandon(reason: CloseReason): void {
    if (this.state === 'ready') {
      for (const { streamId, frameId } of this.inFlight.list()) this.ack(streamId, frameId);
      this.sendDisconnect(Status.NORMAL, reason);
    } else if (this.state !== 'ending') this.destroy(reason);
  }

  /** Sends what is written, ends our half, and gives the peer a while to end its own. */
  private finish(reason: CloseReason): void {
    this.reason = reason;
    this.state = 'ending';
    this.session.close();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.socket.destroy(), Math.max(this.output.lastMs, this.host.limits.refuseDelayMs));
    this.socket.resume(); // Unread bytes would turn the close into a reset, which can overtake what was sent.
    if (!this.inPass) this.output.end();
  }

  destroy(reason: CloseReason): void {
    this.reason = reason;
    this.socket.destroy();
  }
}
