import {
  type Capability,
  FIRST_FRAME_MAX_BYTES,
  FrameFlag,
  FrameType,
  LENGTH_PREFIX_BYTES,
  SPOP_VERSION,
  Status,
  type StatusCode,
} from './constants.js';
import { Cursor, type Writer } from './cursor.js';
import { SpopError } from './errors.js';
import { decodePayload, type KvFrame, writeFrame } from './frame.js';
import { beginFrame, endFrame, FrameHeader, readFrameHeader, writeAck } from './frame-header.js';
import { FrameSplitter } from './frame-splitter.js';
import {
  agentHelloEntries,
  type Disconnect,
  disconnectEntries,
  type HaproxyHello,
  parseDisconnect,
  parseHaproxyHello,
  supportsVersion,
} from './hello.js';
import { DEFAULT_MAX_REASSEMBLED_BYTES, Reassembler } from './reassembly.js';
import { wholeActionsEnd } from './session-ack.js';
import { interlaced, notFragmentable, outOfPlace } from './session-faults.js';

export interface AgentSessionOptions {
  /** Words to announce; `['pipelining', 'fragmentation']` by default (spop.md 2.4). */
  readonly capabilities?: readonly Capability[];
  /** Largest `max-frame-size` of an engine that is accepted; 4 MiB by default. The engine's value is echoed. */
  readonly maxFrameBytes?: number;
  /** Cap for the first frame, before a size is agreed; 65536 by default. */
  readonly helloBytes?: number;
  /** Cap for the joined payloads of one fragmented NOTIFY; 4 MiB by default. */
  readonly maxReassembledBytes?: number;
}

/** What an `AgentSession` calls while it works through a chunk. Byte ranges are valid during the call only. */
export interface AgentSessionSink {
  /** HELLO was accepted: answer with `writeHello`. */
  hello(hello: HaproxyHello): void;
  /** `bytes[at..end)` is the payload of a whole NOTIFY, fragments joined: answer with exactly one ACK. */
  notify(streamId: number | bigint, frameId: number | bigint, bytes: Uint8Array, at: number, end: number): void;
  /** The engine gave a message up half-way: no ACK is due (spop.md 3.5). */
  engineAborted(streamId: number | bigint, frameId: number | bigint): void;
  /** A fragmented message passed its limit and was dropped: answer with `writeAbort`, or `writeAck` when `last`. */
  tooBig(streamId: number | bigint, frameId: number | bigint, last: boolean): void;
  /** The engine says good-bye; the session takes no more bytes. */
  disconnect(disconnect: Disconnect): void;
  /** A frame of a type no engine sends was passed over. */
  skipped(type: number): void;
  /** The bytes break the protocol; the session takes no more of them. Answer with a DISCONNECT of `error.status`. */
  fault(error: SpopError): void;
}

/**
 * The agent's side of one connection, without sockets or timers: bytes in by `push`, calls out to the sink, frames
 * out by the `write...` methods. `hello` until a HELLO was accepted, then `ready`, at last `closed`.
 */
export class AgentSession {
  state: 'hello' | 'ready' | 'closed' = 'hello';
  /** Negotiated `max-frame-size`; 0 before the HELLO. */
  maxFrameBytes = 0;
  /** True when both sides announced `pipelining`. */
  pipelining = false;
  /** True while the sink wants no calls: `push` keeps the rest of its chunk for `resume`. */
  paused = false;

  private readonly sink: AgentSessionSink;
  private readonly capabilities: readonly Capability[];
  private readonly acceptedFrameBytes: number;
  private readonly splitter: FrameSplitter;
  private readonly reassembler: Reassembler;
  private readonly cursor = new Cursor(new Uint8Array(0));
  private readonly header = new FrameHeader();

  constructor(sink: AgentSessionSink, options: AgentSessionOptions = {}) {
    this.sink = sink;
    this.capabilities = options.capabilities ?? ['pipelining', 'fragmentation'];
    this.acceptedFrameBytes = options.maxFrameBytes ?? 4 * 1024 * 1024;
    this.splitter = new FrameSplitter(options.helloBytes ?? FIRST_FRAME_MAX_BYTES);
    this.reassembler = new Reassembler(options.maxReassembledBytes ?? DEFAULT_MAX_REASSEMBLED_BYTES);
  }

  /** True when bytes of a frame, or fragments of a message, are held whose end has not come. */
  get midFrame(): boolean {
    return this.splitter.pendingBytes > 0 || this.reassembler.state === 'collecting';
  }

  /** Largest length field of a frame to the engine: one less than agreed (spop.md 2.5). */
  get maxAckBytes(): number {
    return this.maxFrameBytes - 1;
  }

  /**
   * Works through the next bytes of the stream. While `paused` is set the rest of the chunk is held, not copied, and
   * `push` may not be called again before `resume` let it go. Bytes after the end of the session are ignored.
   */
  push(chunk: Uint8Array): void {
    if (this.state === 'closed') return;
    this.splitter.push(chunk);
    this.run();
  }

  /** Clears `paused` and works through what was held; may be paused again on the way. */
  resume(): void {
    this.paused = false;
    this.run();
  }

  /** Copies what is held since `paused` was set: the chunk's memory may be used again. */
  keep(): void {
    this.splitter.keep();
  }

  /** Ends the session: nothing more is taken or called. */
  close(): void {
    this.state = 'closed';
    this.reassembler.drop();
  }

  private run(): void {
    const { header } = this;
    while (!this.paused && this.state !== 'closed' && this.readFrame()) {
      if (header.type === FrameType.NOTIFY && this.state === 'ready') this.takeNotify();
      else this.takeOther();
    }
  }

  /** Moves to the next frame of the chunk; false when there is none, or none that can be read. */
  private readFrame(): boolean {
    const { splitter } = this;
    try {
      if (!splitter.next()) return false;
      this.cursor.reset(splitter.bytes, splitter.at, splitter.end);
      readFrameHeader(this.cursor, this.header);
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  private takeNotify(): void {
    const { streamId, frameId, flags, payloadAt, payloadEnd } = this.header;
    const { reassembler } = this;
    // After our abort the engine sends no closing fragment (spop.md 3.5).
    if (reassembler.state === 'discarding') reassembler.drop();
    if (reassembler.state === 'collecting') {
      this.fail(interlaced(this.header));
    } else if ((flags & (FrameFlag.FIN | FrameFlag.ABORT)) === FrameFlag.FIN) {
      this.sink.notify(streamId, frameId, this.cursor.bytes, payloadAt, payloadEnd);
    } else if ((flags & FrameFlag.ABORT) !== 0) {
      this.sink.engineAborted(streamId, frameId);
    } else if (!this.capabilities.includes('fragmentation')) {
      this.fail(notFragmentable(this.header));
    } else if (!reassembler.begin(streamId, frameId, this.cursor.bytes, payloadAt, payloadEnd)) {
      this.sink.tooBig(streamId, frameId, false);
    }
  }

  private takeOther(): void {
    const { type } = this.header;
    if (type === FrameType.HAPROXY_DISCONNECT) this.takeDisconnect();
    else if (this.state === 'hello' && type !== FrameType.HAPROXY_HELLO) {
      this.fail(outOfPlace(`a frame of type ${type} before HELLO`));
    } else if (type === FrameType.UNSET) this.takeFragment();
    else if (type !== FrameType.HAPROXY_HELLO) this.sink.skipped(type);
    else if (this.state === 'hello') this.takeHello();
    else this.fail(outOfPlace('a second HELLO'));
  }

  private takeFragment(): void {
    const { streamId, frameId, fin, abort } = this.header;
    const { reassembler } = this;
    const { state } = reassembler;
    if (state === 'idle') {
      // An abort may cross our ACK or come after the last fragment: nothing is left to drop.
      if (!abort) this.fail(outOfPlace('UNSET without NOTIFY'));
    } else if (!reassembler.owns(streamId, frameId)) {
      this.fail(interlaced(this.header));
    } else if (abort) {
      reassembler.drop();
      if (state === 'collecting') this.sink.engineAborted(streamId, frameId);
    } else if (state === 'collecting') {
      this.takePart();
    } else if (fin) {
      reassembler.drop();
    }
  }

  private takePart(): void {
    const { streamId, frameId, fin, payloadAt, payloadEnd } = this.header;
    const { reassembler } = this;
    if (!reassembler.append(this.cursor.bytes, payloadAt, payloadEnd)) {
      if (fin) reassembler.drop();
      this.sink.tooBig(streamId, frameId, fin);
    } else if (fin) {
      const payload = reassembler.finish();
      this.sink.notify(streamId, frameId, payload, 0, payload.length);
    }
  }

  private takeHello(): void {
    const hello = this.attempt(() => {
      const parsed = parseHaproxyHello((decodePayload(this.cursor, this.header) as KvFrame).entries);
      this.negotiate(parsed);
      return parsed;
    });
    if (hello === undefined) return;
    this.state = 'ready';
    this.sink.hello(hello);
  }

  private negotiate(hello: HaproxyHello): void {
    if (!supportsVersion(hello.supportedVersions)) {
      const message = `Cannot accept versions "${hello.supportedVersions.join(', ')}": ${SPOP_VERSION} is needed`;
      throw new SpopError('SPOP_ERR_KEY', message, { status: Status.BAD_VERSION });
    }
    if (hello.maxFrameSize > this.acceptedFrameBytes) {
      const message = `Cannot accept max-frame-size ${hello.maxFrameSize}: the limit is ${this.acceptedFrameBytes}`;
      throw new SpopError('SPOP_ERR_KEY', message, { status: Status.BAD_MAX_FRAME_SIZE });
    }
    this.maxFrameBytes = hello.maxFrameSize;
    this.splitter.limit = hello.maxFrameSize;
    this.pipelining = this.capabilities.includes('pipelining') && hello.capabilities.includes('pipelining');
  }

  private takeDisconnect(): void {
    const disconnect = this.attempt(() =>
      parseDisconnect((decodePayload(this.cursor, this.header) as KvFrame).entries),
    );
    if (disconnect === undefined) return;
    this.close();
    this.sink.disconnect(disconnect);
  }

  /** Runs a decoder; what it throws becomes a fault. */
  private attempt<T>(decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  private fail(error: unknown): void {
    this.close();
    if (!(error instanceof SpopError)) throw error;
    this.sink.fault(error);
  }

  /** Writes AGENT-HELLO with the engine's `max-frame-size` (spop.md 2.2); to go out in one write. */
  writeHello(w: Writer): void {
    const hello = { version: SPOP_VERSION, maxFrameSize: this.maxFrameBytes, capabilities: this.capabilities };
    writeFrame(w, { type: 'agent-hello', entries: agentHelloEntries(hello) }, this.maxAckBytes);
  }

  /**
   * Writes the ACK of a NOTIFY with the encoded actions `actions[at..end)`. If they do not fit, the whole actions from
   * the first on that do are sent (spop.md 2.5). Returns the bytes of actions left out: 0 if all fitted.
   */
  writeAck(
    w: Writer,
    streamId: number | bigint,
    frameId: number | bigint,
    actions: Uint8Array,
    at: number,
    end: number,
  ): number {
    // 25 bytes: type, flags and two ids of ten bytes at most.
    if (end - at <= this.maxFrameBytes - 26) {
      writeAck(w, streamId, frameId, actions, at, end);
      return 0;
    }
    const start = beginFrame(w, FrameType.ACK, FrameFlag.FIN, streamId, frameId);
    const room = this.maxAckBytes - (w.at - start - LENGTH_PREFIX_BYTES);
    w.at = start;
    const fit = end - at <= room ? end : wholeActionsEnd(actions, at, end, room);
    writeAck(w, streamId, frameId, actions, at, fit, this.maxAckBytes);
    return end - fit;
  }

  /** Writes the ACK that gives up a NOTIFY whose fragments are still coming (spop.md 3.5). */
  writeAbort(w: Writer, streamId: number | bigint, frameId: number | bigint): void {
    const start = beginFrame(w, FrameType.ACK, FrameFlag.FIN | FrameFlag.ABORT, streamId, frameId);
    endFrame(w, start, this.maxAckBytes);
  }

  /** Writes AGENT-DISCONNECT, after which nothing may be sent. */
  writeDisconnect(w: Writer, status: StatusCode): void {
    writeFrame(w, { type: 'agent-disconnect', entries: disconnectEntries(status) });
  }
}
