import type { Socket } from 'node:net';
import { checkCloseCode, cutReason } from './close-code.js';
import type { ConnectionHost } from './connection-host.js';
import { Deflater } from './deflater.js';
import { Ending } from './ending.js';
import type { CloseCause, CloseInfo } from './events.js';
import { type Framed, Opcode } from './frame.js';
import { Inbound } from './inbound.js';
import { Leaving } from './leaving.js';
import { Outbox } from './outbox.js';
import type { PeerSocket } from './peer-socket.js';
import { Reading } from './reading.js';
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
  /** @internal */ readonly leaving: Leaving;

  readonly #host: ConnectionHost;
  readonly #ws: PeerSocket;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  /** What is sent takes another way where it is compressed. */
  readonly #deflater: Deflater | undefined;
  readonly #ending = new Ending();
  readonly #reading: Reading;
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
    this.#reading = new Reading(ws, host.limits.maxBufferedBytes);
    this.#deflater = ws.extensions === '' ? undefined : new Deflater(ws);
    const receiver = receiverOf(ws);
    this.leaving = new Leaving(this, host, this.#reading, this.#deflater && receiver);
    this.inbound = new Inbound({
      taker: this,
      receiver,
      pool: host.assemblies,
      maxMessageBytes: service.maxMessageBytes,
      compress: this.#deflater !== undefined,
      lends: service.options.lendData === true,
    });
  }

  /** Whether messages can be sent: from the handshake to our Close frame, or the client's unless `onClosing` is waited for. */
  get open(): boolean {
    return this.#ending.cause === undefined && this.#ws.readyState === this.#ws.OPEN;
  }

  /** Whether reading is paused, or was stopped with the server. */
  get paused(): boolean {
    return this.#reading.stopped;
  }

  /** Bytes waiting to be sent, in our hands or the system library's. */
  get bufferedBytes(): number {
    return (this.#deflater ?? this.#outbox).bufferedBytes;
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
    if (this.#deflater === undefined) this.#outbox.addMessage(binary ? Opcode.binary : Opcode.text, data, owned);
    else this.#deflater.send(typeof data === 'string' || owned ? data : Buffer.from(data), binary);
    this.#host.onSent(data.length);
    return true;
  }

  /** Sends the bytes from `at` to `end` as {@link send} does; they may change afterwards. Spares making a view of them. */
  sendPart(bytes: Uint8Array, at: number, end: number, binary: boolean): boolean {
    if (this.#deflater !== undefined) return this.send(bytes.subarray(at, end), binary);
    if (!this.#mayAdd()) return false;
    this.#outbox.addPart(binary ? Opcode.binary : Opcode.text, bytes, at, end);
    this.#host.onSent(end - at);
    return true;
  }

  /** Sends a message framed by the server's `frame()`, sharing its bytes with every other recipient. Returns as {@link send}. */
  sendFramed(framed: Framed): boolean {
    if (!this.#mayAdd()) return false;
    if (this.#deflater === undefined) this.#outbox.addFramed(framed.bytes);
    else this.#deflater.send(framed.bytes.subarray(framed.payloadAt), framed.binary);
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
   * {@link resumeReading}, unless {@link close} is called; the end of the connection is reported after them. Pings are not
   * expected to be answered meanwhile.
   */
  pauseReading(): void {
    if (!this.#reading.paused && this.open) this.#reading.pause();
  }

  /** Delivers what was kept, unless a handler pauses again, then reads on. */
  resumeReading(): void {
    const reading = this.#reading;
    if (!reading.paused || this.#finished) return;
    this.lastSeen = this.#host.now();
    this.lastMessage = this.lastSeen;
    if (!reading.resume((data, isBinary) => this.#host.onMessage(this, data, isBinary))) return;
    if (this.#ended !== undefined) this.#finish(this.#ended);
    else {
      reading.goOn();
      this.leaving.settle();
    }
  }

  /** Ends the connection for a cause of the server's. @internal */
  end(cause: CloseCause, code: number, reason: string): void {
    if (!this.open) return;
    // It ends already, and the client is owed something.
    if (this.leaving.begun && cause === 'idle') return;
    if (cause === 'slow-consumer') this.#outbox.drop();
    this.sayClose(cause, code, cutReason(reason));
    // Where the client has ended its half of TCP no Close of its will come.
    this.leaving.give();
  }

  /** Sends the Close frame. @internal */
  sayClose(cause: CloseCause, code: number, reason: string): void {
    if (!this.open) return;
    this.#ending.set(cause, code, reason);
    this.#ws.close(code, reason);
    this.#reading.release();
  }

  /** Calls `then` when all that was sent is the socket's; maybe never once TCP is closed. @internal */
  whenWritten(then: () => void): void {
    this.write();
    if (this.#deflater === undefined) then();
    else this.#deflater.whenEmpty(() => this.#socket.destroyed || then());
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
    return !this.#reading.paused && !this.leaving.begun && this.open;
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
    if (!this.#reading.paused) this.#host.onMessage(this, data, isBinary);
    else if (!this.#reading.keep(data, isBinary)) this.end('protocol', 1008, 'too much at once');
  }

  /** A ping came: the answer goes out in order with the data, and counts against the same bound. @internal */
  receivedPing(data: Buffer): void {
    if (!this.#mayAdd()) return;
    if (this.#deflater === undefined) this.#outbox.addMessage(Opcode.pong, data, false);
    else this.#deflater.pong(data);
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
    this.leaving.end();
    this.#ended = this.#ending.closed(code, reason);
    if (!this.#reading.keeps) this.#finish(this.#ended);
  }

  /** Reports the end now, messages kept for a paused reader or not. @internal */
  forceEnd(): void {
    this.leaving.give();
    this.terminate();
    this.#finish(this.#ended ?? this.#ending.info);
  }

  #finish(info: CloseInfo): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#ended = info;
    this.#reading.forget();
    this.#host.onEnded(this, info);
  }
}
