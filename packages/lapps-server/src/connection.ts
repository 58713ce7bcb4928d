import type { Socket } from 'node:net';
import { checkCloseCode, cutReason } from './close-code.js';
import type { ConnectionHost } from './connection-host.js';
import { Ending } from './ending.js';
import type { CloseCause, CloseInfo } from './events.js';
import { type Framed, Opcode } from './frame.js';
import { Inbound } from './inbound.js';
import { KeptMessages } from './kept-messages.js';
import { Outbox } from './outbox.js';
import { Owing } from './owing.js';
import type { PeerSocket } from './peer-socket.js';
import type { Service } from './service.js';
import { StallWatch } from './stall-watch.js';
import { receiverOf } from './ws-receiver.js';

/** One WebSocket connection. Control frames and closing are ws's; data frames are built and written here, a pass in one write. */
export class Connection {
  /** Small positive integer, never used again by the server (nor by servers that share `nextId`). */
  readonly id: number;
  readonly service: Service;
  /** The client's address; an IPv4-mapped one as IPv4. Empty for unix sockets. */
  readonly remoteAddress: string;
  /** Subprotocol agreed on, or ''. */
  readonly subprotocol: string;
  /** Free for the application. */
  data: unknown;

  /** Server's clock when the client was last heard, and when it was last sent a ping or had a message. */
  lastSeen: number;
  lastPing = 0;
  lastMessage: number;
  /** @internal */ readonly inbound: Inbound;
  /** @internal */ readonly stall: StallWatch;

  readonly #host: ConnectionHost;
  readonly #ws: PeerSocket;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #compress: boolean;
  readonly #ending = new Ending();
  #kept: KeptMessages | undefined;
  /** The client sends nothing more, and was or is owed something. */
  #owing: Owing | undefined;
  #paused = false;
  #ended: CloseInfo | undefined;
  #finished = false;

  constructor(
    host: ConnectionHost,
    ws: PeerSocket,
    socket: Socket,
    id: number,
    service: Service,
    remoteAddress: string,
  ) {
    this.id = id;
    this.service = service;
    this.remoteAddress = remoteAddress;
    this.subprotocol = ws.protocol;
    this.lastSeen = host.now();
    this.lastMessage = this.lastSeen;
    this.#host = host;
    this.#ws = ws;
    this.#socket = socket;
    this.stall = new StallWatch(socket);
    this.#outbox = new Outbox(host.outboxes, socket);
    this.#compress = ws.extensions !== '';
    this.inbound = new Inbound({
      taker: this,
      receiver: receiverOf(ws),
      pool: host.assemblies,
      maxMessageBytes: service.maxMessageBytes,
      compress: this.#compress,
      lends: service.options.lendData === true,
    });
  }

  /** Whether messages can be sent: from the handshake to our Close frame, or the client's unless `onClosing` is waited for. */
  get open(): boolean {
    return this.#ending.cause === undefined && this.#ws.readyState === this.#ws.OPEN;
  }

  /** Whether reading is paused. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Bytes waiting to be sent, in our hands or the system library's. */
  get bufferedBytes(): number {
    return this.#compress ? this.#ws.bufferedAmount : this.#outbox.bufferedBytes;
  }

  /**
   * Sends one message. It is written at the end of the current pass (the running callback and its microtasks), together
   * with everything else for this connection. Text is not checked for UTF-8 when it comes as bytes.
   *
   * @param binary frame type; by default text for strings and binary for bytes
   * @param owned promises that nobody changes `data` any more, which spares a copy of large messages
   * @returns false when the connection is not open any more, or was ended because too much waits already
   */
  send(data: Uint8Array | string, binary = typeof data !== 'string', owned = false): boolean {
    if (!this.#mayAdd()) return false;
    if (this.#compress) this.#ws.send(typeof data === 'string' || owned ? data : Buffer.from(data), { binary });
    else this.#outbox.addMessage(binary ? Opcode.binary : Opcode.text, data, owned);
    this.#host.onSent(data.length);
    return true;
  }

  /** Sends the bytes from `at` to `end` as {@link send} does; they may change afterwards. Spares making a view of them. */
  sendPart(bytes: Uint8Array, at: number, end: number, binary: boolean): boolean {
    if (this.#compress) return this.send(bytes.subarray(at, end), binary);
    if (!this.#mayAdd()) return false;
    this.#outbox.addPart(binary ? Opcode.binary : Opcode.text, bytes, at, end);
    this.#host.onSent(end - at);
    return true;
  }

  /** Sends a message framed by the server's `frame()`, sharing its bytes with every other recipient. Returns as {@link send}. */
  sendFramed(framed: Framed): boolean {
    if (!this.#mayAdd()) return false;
    if (this.#compress) this.#ws.send(framed.bytes.subarray(framed.payloadAt), { binary: framed.binary });
    else this.#outbox.addFramed(framed.bytes);
    this.#host.onSent(framed.bytes.length - framed.payloadAt);
    return true;
  }

  /** The bound counts what waits before a message is added, so one message of any size always goes to a client that reads. */
  #mayAdd(): boolean {
    if (!this.open) return false;
    if (this.bufferedBytes <= this.#host.limits.maxBufferedBytes) return true;
    this.endSlow();
    return false;
  }

  /** Ends a client that does not read what it is sent. @internal */
  endSlow(): void {
    this.#host.onSlowConsumer(this);
    this.end('slow-consumer', 1008, 'slow consumer');
  }

  /**
   * Starts the closing handshake: what was sent before goes out first, nothing after. TCP ends when the client answers,
   * or after `closeTimeoutMs`. A reason is cut at 123 bytes between characters. Does nothing when the connection is closing.
   *
   * @throws LappsServerError `LAPPS_SERVER_ERR_BAD_CLOSE_CODE` for codes that must not be sent
   */
  close(code = 1000, reason = ''): void {
    checkCloseCode(code);
    this.end('local', code, reason);
  }

  /** Cuts the connection without a Close frame. */
  terminate(): void {
    this.cut('lost');
  }

  /** @internal */
  cut(cause: 'lost' | 'ping-timeout'): void {
    this.#ending.set(cause, 1006, '');
    this.#outbox.drop();
    this.#ws.terminate();
  }

  /**
   * Stops reading from the client, so that TCP pushes back. Messages that had arrived already are kept and delivered after
   * {@link resumeReading}; the end of the connection is reported after them. Pings are not expected to be answered meanwhile.
   */
  pauseReading(): void {
    if (this.#paused || this.#finished) return;
    this.#paused = true;
    this.#ws.pause();
  }

  /** Delivers what was kept, unless a handler pauses again, then reads on. */
  resumeReading(): void {
    if (!this.#paused || this.#finished) return;
    this.#paused = false;
    this.lastSeen = this.#host.now();
    this.lastMessage = this.lastSeen;
    this.#kept?.drain((data, isBinary) => {
      this.#host.onMessage(this, data, isBinary);
      return !this.#paused;
    });
    if (this.#kept?.isEmpty === true) this.#kept = undefined;
    if (this.#paused) return;
    if (this.#ended !== undefined) this.#finish(this.#ended);
    else {
      this.#ws.resume();
      this.#owing?.settle(this.#host.onClosing, this);
    }
  }

  /** Ends the connection for a cause of the server's. @internal */
  end(cause: CloseCause, code: number, reason: string): void {
    if (!this.open) return;
    // It ends already, and the client is owed something.
    if (this.#owing !== undefined && (cause === 'shutdown' || cause === 'idle')) return;
    if (cause === 'slow-consumer') this.#outbox.drop();
    this.#ending.set(cause, code, cutReason(reason));
    this.#ws.close(code, this.#ending.reason);
    // Where the client has ended its half of TCP no Close of its will come.
    this.#owing?.give();
  }

  /**
   * The client sends nothing more. Returns whether `answer`, which says the end back, is called later or was already: what
   * the client is owed goes out first, for `closeTimeoutMs` at most. @internal
   */
  clientDone(answer: () => void): boolean {
    if (this.#ending.cause !== undefined || this.service.options.onClosing === undefined) return false;
    // The end of TCP behind a Close that waits for its answer.
    if (this.#owing !== undefined) return true;
    this.#owing = new Owing(answer, this.#host.limits.closeTimeoutMs, () => this.terminate());
    if (!this.#paused || this.#kept === undefined) this.#owing.settle(this.#host.onClosing, this);
    return true;
  }

  /** Writes what waits. @internal */
  write(): void {
    this.#outbox.write();
    this.#host.outboxes.keepPass();
  }

  /** Sends a ping. @internal */
  ping(): void {
    if (!this.listening) return;
    this.lastPing = this.#host.now();
    this.#outbox.addMessage(Opcode.ping, '', false);
  }

  /** A Close frame is about to be written; when nobody here asked for it, ws answers the client. @internal */
  beforeClose(code: number): void {
    this.#ending.set('peer', code, '');
    this.write();
  }

  /** Whether the next message may be delivered. @internal */
  get listening(): boolean {
    return !this.#paused && this.#owing === undefined && this.open;
  }

  /** Bytes came from the client. Returns as {@link Inbound.take}. @internal */
  receivedChunk(chunk: Buffer, reused: boolean): number {
    this.lastSeen = this.#host.now();
    return this.inbound.take(chunk, reused);
  }

  /** A message came. @internal */
  receivedMessage(data: Buffer, isBinary: boolean): void {
    if (!this.open) return;
    this.lastMessage = this.lastSeen;
    if (!this.#paused) this.#host.onMessage(this, data, isBinary);
    // The rest of a chunk; without compression never more than ws had read, with it the inflated size counts.
    else if (!(this.#kept ??= new KeptMessages(this.#host.limits.maxBufferedBytes)).add(data, isBinary))
      this.end('protocol', 1008, 'too much at once');
  }

  /** A ping came: the answer goes out in order with the data, and counts against the same bound. @internal */
  receivedPing(data: Buffer): void {
    if (!this.#mayAdd()) return;
    if (this.#compress) this.#ws.pong(data);
    else this.#outbox.addMessage(Opcode.pong, data, false);
  }

  /** ws refused what the client sent and has answered with a Close frame. @internal */
  protocolFailed(error: Error): void {
    this.#ending.faulted();
    this.#host.onProtocolError(this, error);
  }

  /** TCP is about to be reported closed to ws. What it would still read it may not understand. @internal */
  beforeSocketClosed(): void {
    if (this.inbound.holdsKey && this.#socket.readableLength > 0) this.#socket.read();
  }

  /** TCP is closed. @internal */
  socketClosed(code: number, reason: string): void {
    this.#outbox.drop();
    this.inbound.end();
    this.#owing?.end();
    this.#ended = this.#ending.closed(code, reason);
    if (this.#kept === undefined || !this.#paused) this.#finish(this.#ended);
  }

  /** Reports the end now, messages kept for a paused reader or not. @internal */
  forceEnd(): void {
    this.#owing?.give();
    this.terminate();
    this.#finish(this.#ended ?? this.#ending.info);
  }

  #finish(info: CloseInfo): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#ended = info;
    this.#kept = undefined;
    this.#host.onEnded(this, info);
  }
}
