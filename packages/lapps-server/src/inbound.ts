import { isUtf8 } from 'node:buffer';
import { Assembly, type AssemblyPool } from './assembly.js';
import { type MessageTaker, ownCopy, takeMessages } from './receive-ahead.js';
import { UnmaskAhead } from './unmask-ahead.js';
import { passOn, type WsReceiver } from './ws-receiver.js';

export interface InboundOptions {
  readonly taker: MessageTaker;
  readonly receiver: WsReceiver;
  readonly pool: AssemblyPool;
  readonly maxMessageBytes: number;
  /** Frames may be compressed: all are left to ws. */
  readonly compress: boolean;
  /** Whoever gets a message is done with its memory when the call returns. */
  readonly lends: boolean;
}

/** What comes from one client: whole messages are delivered ahead of ws, the rest is handed to it. */
export class Inbound {
  readonly #taker: MessageTaker;
  readonly #receiver: WsReceiver;
  readonly #pool: AssemblyPool;
  readonly #maxMessageBytes: number;
  readonly #compress: boolean;
  readonly #lends: boolean;
  /** Made when ws gets something for the first time: many connections need none. */
  #unmask: UnmaskAhead | undefined;
  #assembly: Assembly | undefined;

  constructor({ taker, receiver, pool, maxMessageBytes, compress, lends }: InboundOptions) {
    this.#taker = taker;
    this.#receiver = receiver;
    this.#pool = pool;
    this.#maxMessageBytes = maxMessageBytes;
    this.#compress = compress;
    this.#lends = lends;
  }

  /**
   * Takes what can be delivered ahead of ws from the start of a chunk; returns how many bytes that were. The rest is for
   * {@link passOn}.
   * @param reused the chunk's memory is used again after the call
   */
  take(chunk: Buffer, reused: boolean): number {
    let at = 0;
    if (this.#assembly !== undefined) {
      at = this.#goOn(this.#assembly, chunk);
      if (at === chunk.length) return at;
    }
    const taker = this.#taker;
    // What ws refused closes the connection, but not before the next tick.
    if (this.#compress || this.#unmask?.atRest === false || this.#receiver.errored !== null) return at;
    at = takeMessages(taker, chunk, at, this.#maxMessageBytes, reused && !this.#lends);
    if (at === chunk.length || !taker.listening) return at;
    this.#assembly = Assembly.begin(this.#pool, chunk, at, this.#maxMessageBytes);
    return this.#assembly === undefined ? at : chunk.length;
  }

  /** Hands the rest of a chunk to ws, which may keep it. */
  passOn(chunk: Buffer): boolean {
    this.#unmask ??= new UnmaskAhead();
    this.#unmask.push(chunk);
    return passOn(this.#receiver, chunk);
  }

  #goOn(assembly: Assembly, chunk: Buffer): number {
    const end = assembly.add(chunk, 0);
    if (!assembly.isComplete) return end;
    this.#assembly = undefined;
    this.#deliver(assembly);
    return end;
  }

  #deliver(assembly: Assembly): void {
    const taker = this.#taker;
    const pool = this.#pool;
    const { buffer, isBinary, length } = assembly;
    const data = buffer.subarray(0, length);
    if (!isBinary && !isUtf8(data)) {
      // ws says so to the client.
      passOn(this.#receiver, assembly.asFrame());
      pool.giveBack(buffer);
    } else if (this.#lends) {
      // A reader that paused keeps the message.
      taker.receivedMessage(taker.listening ? data : ownCopy(data, 0, length), isBinary);
      pool.giveBack(buffer);
    } else {
      pool.giveAway(buffer);
      taker.receivedMessage(data, isBinary);
    }
  }

  /** Whether ws would misread the bytes to come unless they go through here. */
  get holdsKey(): boolean {
    return this.#assembly !== undefined || this.#unmask?.inFrame === true;
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#assembly !== undefined) this.#pool.giveBack(this.#assembly.buffer);
    this.#assembly = undefined;
  }
}
