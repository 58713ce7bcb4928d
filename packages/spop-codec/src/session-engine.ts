import type { Action } from './actions.js';
import {
  DEFAULT_MAX_FRAME_BYTES,
  FrameFlag,
  FrameType,
  LENGTH_PREFIX_BYTES,
  SPOP_VERSION,
  Status,
  type StatusCode,
} from './constants.js';
import { Cursor, Writer, writeBytes } from './cursor.js';
import { SpopError } from './errors.js';
import { decodePayload, encodeFrame, type KvFrame } from './frame.js';
import { beginFrame, endFrame, FrameHeader, readFrameHeader } from './frame-header.js';
import { FrameSplitter } from './frame-splitter.js';
import {
  type AgentHello,
  disconnectEntries,
  haproxyHelloEntries,
  parseAgentHello,
  parseDisconnect,
  supportsVersion,
} from './hello.js';
import { type Message, writeMessages } from './messages.js';

/** HAProxy keeps this many bytes of a frame free for its header (spop.md 2.5). */
const FRAME_HEAD_BYTES = 32;

export interface EngineSessionOptions {
  /** Offered `max-frame-size`, 256 or more; 16380 by default. */
  readonly maxFrameSize?: number;
  /** Announced words; `['pipelining']` by default. */
  readonly capabilities?: readonly string[];
  /** Sent if given, as HAProxy does but for health checks. */
  readonly engineId?: string;
  /** Says HELLO as a health check does; false by default. */
  readonly healthcheck?: boolean;
  /** `['2.0']` by default. */
  readonly supportedVersions?: readonly string[];
  /** Largest message set, in bytes, that is sent in fragments; 4 MiB by default. */
  readonly maxMessageBytes?: number;
}

/** A NOTIFY as `EngineSession.notify` encoded it. */
export interface SentNotify {
  readonly streamId: number | bigint;
  readonly frameId: number | bigint;
  /** One frame, or the fragments one after the other. */
  readonly bytes: Uint8Array;
}

/** What an agent said. Byte arrays inside are copies, they stay valid. */
export type EngineEvent =
  | ({ readonly type: 'hello' } & AgentHello)
  | {
      readonly type: 'ack';
      readonly streamId: number | bigint;
      readonly frameId: number | bigint;
      /** False for an id that is not in flight: never sent, or answered before. */
      readonly known: boolean;
      /** The agent gives the message up. */
      readonly abort: boolean;
      readonly actions: readonly Action[];
      /** What follows from the first action HAProxy could not parse; empty in a good ACK. */
      readonly unparsed: Uint8Array;
    }
  | { readonly type: 'disconnect'; readonly statusCode: number; readonly message: string }
  | { readonly type: 'skipped'; readonly frameType: number };

/**
 * HAProxy's side of one connection, without sockets or timers: for clients, load generators and tests.
 *
 * ```ts
 * const engine = new EngineSession({ engineId: 'test' });
 * socket.write(engine.hello());
 * socket.on('data', (chunk) => {
 *   for (const event of engine.push(chunk)) {
 *     if (event.type === 'hello') socket.write(engine.notify([{ name: 'check', args: [] }]).bytes);
 *     if (event.type === 'ack') socket.end(engine.disconnect());
 *   }
 * });
 * ```
 */
export class EngineSession {
  state: 'new' | 'hello' | 'ready' | 'closed' = 'new';
  /** What the agent announced; undefined before its HELLO. */
  agent: AgentHello | undefined;
  /** Agreed `max-frame-size`; the offered one before the HELLO. */
  maxFrameBytes: number;

  private readonly options: EngineSessionOptions;
  private readonly splitter: FrameSplitter;
  private readonly header = new FrameHeader();
  private readonly inFlightIds = new Set<string>();
  private lastStreamId = -1;

  constructor(options: EngineSessionOptions = {}) {
    this.options = options;
    this.maxFrameBytes = options.maxFrameSize ?? DEFAULT_MAX_FRAME_BYTES;
    this.splitter = new FrameSplitter(this.maxFrameBytes);
  }

  /** NOTIFYs without an ACK so far. */
  get inFlight(): number {
    return this.inFlightIds.size;
  }

  /** True when both sides announced `pipelining`. */
  get pipelining(): boolean {
    const ours = this.options.capabilities ?? ['pipelining'];
    return ours.includes('pipelining') && this.agent?.capabilities.includes('pipelining') === true;
  }

  /** The HAPROXY-HELLO that begins the connection. Throws SPOP_ERR_VALUE for options that cannot be encoded. */
  hello(): Uint8Array {
    const { supportedVersions = [SPOP_VERSION], capabilities = ['pipelining'], engineId, healthcheck } = this.options;
    const entries = haproxyHelloEntries({
      supportedVersions,
      maxFrameSize: this.maxFrameBytes,
      capabilities,
      engineId,
      healthcheck: healthcheck === true,
    });
    this.state = 'hello';
    return encodeFrame({ type: 'haproxy-hello', entries }, { maxFrameBytes: this.maxFrameBytes });
  }

  /**
   * Encodes messages, or a payload of encoded messages, as a NOTIFY. Ids default to the next stream-id (from 0 up)
   * and frame-id 1. What exceeds `max-frame-size` - 32 goes out in fragments if the agent takes them; cuts fall on
   * any byte. Throws SPOP_ERR_SEQUENCE before the agent's HELLO or for ids in flight, SPOP_ERR_FRAME_TOO_BIG,
   * SPOP_ERR_VALUE.
   */
  notify(
    messages: readonly Message[] | Uint8Array,
    ids: { readonly streamId?: number | bigint; readonly frameId?: number | bigint } = {},
  ): SentNotify {
    if (this.state !== 'ready') throw new SpopError('SPOP_ERR_SEQUENCE', `Cannot send NOTIFY in state ${this.state}`);
    const streamId = ids.streamId ?? this.lastStreamId + 1;
    const frameId = ids.frameId ?? 1;
    const key = `${streamId}/${frameId}`;
    if (this.inFlightIds.has(key)) {
      throw new SpopError('SPOP_ERR_SEQUENCE', `Cannot send NOTIFY ${key}: the same ids are in flight`);
    }
    const bytes = this.encodeNotify(streamId, frameId, this.encodeMessages(messages));
    this.inFlightIds.add(key);
    if (typeof streamId === 'number') this.lastStreamId = Math.max(this.lastStreamId, streamId);
    return { streamId, frameId, bytes };
  }

  private encodeMessages(messages: readonly Message[] | Uint8Array): Uint8Array {
    if (messages instanceof Uint8Array) return messages;
    const w = new Writer(this.options.maxMessageBytes ?? 4 * 1024 * 1024);
    writeMessages(w, messages);
    return w.view();
  }

  private encodeNotify(streamId: number | bigint, frameId: number | bigint, payload: Uint8Array): Uint8Array {
    const most = this.maxFrameBytes - FRAME_HEAD_BYTES;
    const parts = Math.max(1, Math.ceil(payload.length / most));
    if (parts > 1 && this.agent?.capabilities.includes('fragmentation') !== true) {
      const message = `Cannot send NOTIFY of ${payload.length} bytes: ${most} fit and the agent takes no fragments`;
      throw new SpopError('SPOP_ERR_FRAME_TOO_BIG', message);
    }
    const w = new Writer(payload.length + parts * (FRAME_HEAD_BYTES + LENGTH_PREFIX_BYTES), payload.length + 64);
    for (let i = 0; i < parts; i++) {
      const flags = i === parts - 1 ? FrameFlag.FIN : 0;
      const start = beginFrame(w, i === 0 ? FrameType.NOTIFY : FrameType.UNSET, flags, streamId, frameId);
      writeBytes(w, payload, i * most, Math.min(payload.length, (i + 1) * most));
      endFrame(w, start, this.maxFrameBytes);
    }
    return w.view();
  }

  /** Encodes the frame that gives up a NOTIFY of which fragments were sent; no ACK is expected any more. */
  abort(streamId: number | bigint, frameId: number | bigint): Uint8Array {
    this.inFlightIds.delete(`${streamId}/${frameId}`);
    return encodeFrame({ type: 'unset', streamId, frameId, fin: true, abort: true, payload: new Uint8Array(0) });
  }

  /** Encodes HAPROXY-DISCONNECT. The session still takes what the agent says until it disconnects too. */
  disconnect(status: StatusCode = Status.NORMAL): Uint8Array {
    return encodeFrame({ type: 'haproxy-disconnect', entries: disconnectEntries(status) });
  }

  /**
   * Works through the next bytes of the stream. Unknown frame types are passed over, as HAProxy does.
   * Throws SpopError when the agent breaks the protocol; `status` is what HAProxy 2.6 would answer (spop.md 2.3, 3.6).
   */
  push(chunk: Uint8Array): EngineEvent[] {
    const events: EngineEvent[] = [];
    if (this.state === 'closed') return events;
    try {
      this.splitter.push(chunk);
      while (this.splitter.next()) {
        const { bytes, at, end } = this.splitter;
        // A copy even of a Node Buffer, whose own slice() would be a view.
        const event = this.takeFrame(new Uint8Array(bytes.subarray(at, end)));
        events.push(event);
        if (event.type === 'disconnect') break;
      }
    } catch (error) {
      this.state = 'closed';
      throw error;
    }
    return events;
  }

  private takeFrame(bytes: Uint8Array): EngineEvent {
    const c = new Cursor(bytes);
    const { header } = this;
    readFrameHeader(c, header);
    if (header.type === FrameType.AGENT_DISCONNECT) {
      this.state = 'closed';
      return { type: 'disconnect', ...parseDisconnect((decodePayload(c, header) as KvFrame).entries) };
    }
    if (this.state === 'hello') return this.takeHello(c);
    if (header.type !== FrameType.ACK) return { type: 'skipped', frameType: header.type };
    const frame = decodePayload(c, header);
    if (frame.type !== 'ack') throw new SpopError('SPOP_ERR_FRAME_TYPE', 'Cannot decode ACK');
    return { ...frame, known: this.inFlightIds.delete(`${frame.streamId}/${frame.frameId}`) };
  }

  private takeHello(c: Cursor): EngineEvent {
    if (this.header.type !== FrameType.AGENT_HELLO) {
      throw new SpopError('SPOP_ERR_SEQUENCE', `Cannot accept a frame of type ${this.header.type} before AGENT-HELLO`);
    }
    const hello = parseAgentHello((decodePayload(c, this.header) as KvFrame).entries);
    if (!supportsVersion([hello.version])) {
      const message = `Cannot accept version "${hello.version}": ${SPOP_VERSION} is needed`;
      throw new SpopError('SPOP_ERR_KEY', message, { status: Status.BAD_VERSION });
    }
    if (hello.maxFrameSize > this.maxFrameBytes) {
      const message = `Cannot accept max-frame-size ${hello.maxFrameSize}: ${this.maxFrameBytes} was offered`;
      throw new SpopError('SPOP_ERR_KEY', message, { status: Status.BAD_MAX_FRAME_SIZE });
    }
    this.state = 'ready';
    this.agent = hello;
    this.maxFrameBytes = hello.maxFrameSize;
    return { type: 'hello', ...hello };
  }
}
