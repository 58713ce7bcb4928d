import {
  type CborLimits,
  encodeError,
  LappsCodecError,
  MessageType,
  RpcCode,
  resolveCborLimits,
  textFrameError,
  typeOfMessage,
} from '@offload/lapps-codec';
import {
  byteString,
  copyOf,
  type EngineHost,
  PENDING,
  type Pending,
  type ScriptEngine,
  type ScriptFunction,
  ScriptRuntimeError,
  type ScriptValue,
} from '@offload/script-runtime';
import { RecordKind } from '../../records.js';
import type { OpenConnections } from '../../shared/open-connections.js';
import type { CborReader } from '../json/cbor-reader.js';
import { shownDocument } from '../json/plain.js';
import type { Outbound } from '../outbound.js';
import type { PendingCalls } from '../pending-calls.js';
import { MessageCall } from './message-call.js';
import { runToEnd } from './run-to-end.js';
import type { ServiceConnection } from './service-connection.js';
import type { REACTIVE } from './service-functions.js';

/** Messages waiting for one connection's handler, past which its socket is not read. */
const PAUSE_MESSAGES = 64;
const PAUSE_BYTES = 256 * 1024;
/** Past this the client is not worth it: what was read before the pause took effect stays far below. */
const MAX_WAITING_BYTES = 32 << 20;

/** What the instances of one worker share. */
export interface InstanceHost {
  readonly outbound: Outbound;
  readonly connections: OpenConnections;
  readonly reader: CborReader;
  readonly pending: PendingCalls;
  /** All that a connection asked for is handled; `task` waits for it. */
  answered(task: number): void;
  /** `onDisconnect` of this connection is over. */
  disconnected(connection: ServiceConnection): void;
}

/** Who an instance is and what it calls. */
export interface InstanceOptions {
  readonly name: string;
  readonly index: number;
  readonly protocol: 'raw' | 'LAppS';
  readonly maxMessageBytes: number | undefined;
  readonly engine: ScriptEngine;
  readonly engineHost: EngineHost;
  /** What the log names where its script cannot be stopped, see `ScriptCall.subject`. */
  readonly subject: number;
  readonly functions: Readonly<Record<(typeof REACTIVE)[number], ScriptFunction>>;
}

/**
 * One instance of a reactive service: an interpreter state of its own and the connections bound to it (`lapps.md 4.1`).
 * Messages of one connection are handled one after the other, also when a handler waits; those of others go on.
 */
export class ServiceInstance {
  readonly options: InstanceOptions;
  private readonly host: InstanceHost;
  private readonly args: ScriptValue[] = [0, 0, ''];
  private readonly isLapps: boolean;
  private readonly isLua: boolean;
  /** A function of Python that returns nothing has nothing against the connection; LAppS wants `true`. */
  private readonly isLenient: boolean;
  private readonly cborLimits: CborLimits;
  private spare: MessageCall | undefined;

  constructor(options: InstanceOptions, host: InstanceHost) {
    this.options = options;
    this.host = host;
    this.isLapps = options.protocol === 'LAppS';
    this.isLua = options.engine.language === 'lua';
    this.isLenient = options.engine.language === 'python';
    const { maxMessageBytes = 0 } = options;
    // The codec's own bound does unless longer messages are let in.
    this.cborLimits = resolveCborLimits(maxMessageBytes > 1 << 20 ? { maxBytes: maxMessageBytes } : {});
  }

  /** One message of a client; `bytes` is only valid during the call. */
  receive(connection: ServiceConnection, binary: boolean, bytes: Uint8Array, at: number, end: number): void {
    if (connection.closing) return;
    if (connection.call !== undefined) this.enqueue(connection, { binary, bytes: copyOf(bytes, at, end) });
    else this.handle(connection, binary, bytes, at, end);
  }

  /** The client is gone: `onDisconnect` follows its last message. */
  disconnect(connection: ServiceConnection): void {
    if (connection.call === undefined) this.callDisconnect(connection);
  }

  private handle(connection: ServiceConnection, binary: boolean, bytes: Uint8Array, at: number, end: number): void {
    if (this.isLapps) this.handleLapps(connection, binary, bytes, at, end);
    else {
      const { args } = this;
      args[0] = connection.id;
      args[1] = binary ? 2 : 1;
      // Lua has one kind of string; other languages tell text from bytes.
      args[2] = binary && !this.isLua ? copyOf(bytes, at, end) : byteString(bytes, at, end);
      this.run(connection, false);
    }
  }

  private handleLapps(
    connection: ServiceConnection,
    binary: boolean,
    bytes: Uint8Array,
    at: number,
    end: number,
  ): void {
    try {
      if (!binary) throw textFrameError();
      const message = this.host.reader.read(bytes, at, end, this.cborLimits);
      const type = typeOfMessage(message);
      const { args } = this;
      args[0] = connection.id;
      args[1] = type;
      args[2] = shownDocument(message, this.options.engine.language);
      this.run(connection, type >= MessageType.request);
    } catch (error) {
      if (error instanceof LappsCodecError) this.refuse(connection, error);
      else {
        this.report(connection, error);
        this.close(connection, 1011, 'internal error');
      }
    }
  }

  private refuse(connection: ServiceConnection, { rpcCode, closeCode, code, message }: LappsCodecError): void {
    this.sendError(connection, rpcCode, message);
    this.close(connection, closeCode, code);
  }

  private sendError(connection: ServiceConnection, code: number, message: string): void {
    if (!this.host.connections.isOpen(connection.id)) return;
    this.host.outbound.sendBytes(RecordKind.WsSendBinary, connection.id, encodeError({ code, message }));
  }

  private close(connection: ServiceConnection, code: number, reason: string): void {
    connection.closing = true;
    if (this.host.connections.close(connection.id)) this.host.outbound.close(connection.id, code, reason);
  }

  private run(connection: ServiceConnection, isRequest: boolean): void {
    const { options } = this;
    const call = this.spare ?? new MessageCall(this, connection);
    call.connection = connection;
    call.isRequest = isRequest;
    connection.answered = false;
    let result: ScriptValue | Pending;
    try {
      result = options.engine.call(options.functions.onMessage, this.args, call);
    } catch (error) {
      this.spare = call;
      this.failed(call, error);
      return;
    }
    if (result === PENDING) this.suspend(call);
    else {
      this.spare = call;
      if (this.ends(result)) this.close(connection, 1000, '');
    }
  }

  private ends(result: ScriptValue): boolean {
    return this.isLenient ? result === false : result !== true;
  }

  private suspend(call: MessageCall): void {
    this.spare = undefined;
    call.connection.call = call;
    this.host.pending.add(call, this.options.engine);
  }

  /** A call that waited is over. */
  settled(call: MessageCall, error: ScriptRuntimeError | null, result: ScriptValue): void {
    const { connection } = call;
    this.host.pending.remove(call);
    connection.call = undefined;
    if (connection.disconnectTask < 0) {
      if (error !== null) this.report(connection, error);
      this.host.disconnected(connection);
      return;
    }
    if (error !== null) this.failed(call, error);
    else if (this.ends(result)) this.close(connection, 1000, '');
    this.goOn(connection);
  }

  /** Handles what came meanwhile, until a handler waits again. */
  private goOn(connection: ServiceConnection): void {
    const { waiting } = connection;
    while (connection.call === undefined && waiting.length > 0) {
      const { binary, bytes } = waiting.shift() as (typeof waiting)[number];
      connection.waitingBytes -= bytes.length;
      if (!connection.closing) this.handle(connection, binary, bytes, 0, bytes.length);
    }
    if (connection.paused && waiting.length * 2 < PAUSE_MESSAGES && connection.waitingBytes * 2 < PAUSE_BYTES) {
      connection.paused = false;
      this.host.outbound.flow(RecordKind.WsResume, connection.id);
    }
    if (connection.call !== undefined) return;
    if (connection.closingTask > 0) this.host.answered(connection.closingTask);
    connection.closingTask = 0;
    if (connection.disconnectTask > 0) this.callDisconnect(connection);
  }

  private enqueue(connection: ServiceConnection, message: { binary: boolean; bytes: Uint8Array }): void {
    connection.waiting.push(message);
    connection.waitingBytes += message.bytes.length;
    if (connection.waitingBytes > MAX_WAITING_BYTES) {
      connection.waiting.length = 0;
      connection.waitingBytes = 0;
      this.close(connection, 1008, 'too much at once');
      return;
    }
    if (connection.paused) return;
    if (connection.waiting.length < PAUSE_MESSAGES && connection.waitingBytes < PAUSE_BYTES) return;
    connection.paused = true;
    this.host.outbound.flow(RecordKind.WsPause, connection.id);
  }

  /** A fault costs one message: a request gets an error object, a raw connection is closed (architecture.md 3). */
  private failed(call: MessageCall, error: unknown): void {
    const { connection } = call;
    this.report(connection, error);
    if (!this.isLapps) this.close(connection, 1011, 'internal error');
    else if (call.isRequest && !connection.answered)
      this.sendError(connection, RpcCode.internalError, 'Internal error');
  }

  private callDisconnect(connection: ServiceConnection): void {
    const { options } = this;
    // Negative from here on: what settles now is onDisconnect itself.
    connection.disconnectTask = -connection.disconnectTask;
    const call = new MessageCall(this, connection);
    try {
      if (options.engine.call(options.functions.onDisconnect, [connection.id], call) === PENDING) {
        this.suspend(call);
        return;
      }
    } catch (error) {
      this.report(connection, error);
    }
    this.host.disconnected(connection);
  }

  /** The server stops. */
  async shutdown(): Promise<void> {
    const { engine, functions, subject } = this.options;
    await runToEnd(engine, functions.onShutdown, subject).catch((error: unknown) => this.report(undefined, error));
  }

  private report(connection: ServiceConnection | undefined, error: unknown): void {
    const { name, index } = this.options;
    const { code, message, language, script, line, traceback } = ScriptRuntimeError.dataOf(error);
    const fault = { code, message, language, script, line, traceback, service: name, instance: index };
    this.host.outbound.fault(connection === undefined ? fault : { ...fault, conn: connection.id });
  }
}
