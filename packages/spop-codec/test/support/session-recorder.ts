import {
  AgentSession,
  type AgentSessionOptions,
  type AgentSessionSink,
  type HaproxyHello,
  type SpopError,
  Writer,
} from '../../src/index.js';
import { toHex } from './hex.js';

/** What a session called, as plain lines: byte ranges are copied, errors reduced to code and status. */
export class SessionRecorder implements AgentSessionSink {
  readonly calls: unknown[][] = [];
  readonly session: AgentSession;
  /** Called after each recorded call, to pause and the like. */
  onCall: (call: unknown[]) => void = () => {};

  constructor(options: AgentSessionOptions = {}) {
    this.session = new AgentSession(this, options);
  }

  hello(hello: HaproxyHello): void {
    this.record('hello', hello.engineId);
  }
  notify(streamId: number | bigint, frameId: number | bigint, bytes: Uint8Array, at: number, end: number): void {
    this.record('notify', streamId, frameId, toHex(bytes.subarray(at, end)));
  }
  engineAborted(streamId: number | bigint, frameId: number | bigint): void {
    this.record('engine-aborted', streamId, frameId);
  }
  tooBig(streamId: number | bigint, frameId: number | bigint, last: boolean): void {
    this.record('too-big', streamId, frameId, last);
  }
  disconnect(disconnect: { statusCode: number; message: string }): void {
    this.record('disconnect', disconnect.statusCode, disconnect.message);
  }
  skipped(type: number): void {
    this.record('skipped', type);
  }
  fault(error: SpopError): void {
    this.record('fault', error.code, error.status);
  }

  private record(...call: unknown[]): void {
    this.calls.push(call);
    this.onCall(call);
  }

  /** The calls since the last time. */
  take(): unknown[][] {
    return this.calls.splice(0);
  }
}

/** Hex of what one of the session's writers wrote. */
export function written(write: (w: Writer) => void): string {
  const w = new Writer();
  write(w);
  return toHex(w.view());
}
