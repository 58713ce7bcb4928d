import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import {
  type Action,
  describeStatus,
  type EngineEvent,
  EngineSession,
  type Message,
  SpopError,
} from '@offload/spop-codec';
import { OffloadError } from './errors.js';
import { formatSocketAddress, type SocketAddress } from './listen-address.js';

/** One message for one agent. */
export interface NotifyRequest {
  readonly to: SocketAddress;
  /** Bounds connect, handshake and answer together, in milliseconds. */
  readonly timeoutMs: number;
  readonly message: Message;
}

/** What the agent answered. */
export interface NotifyAnswer {
  /** In the agent's order, as HAProxy would execute them. */
  readonly actions: readonly Action[];
  /** Bytes after the first action HAProxy could not parse; 0 in a good answer. */
  readonly unparsedBytes: number;
  /** From NOTIFY to ACK. */
  readonly milliseconds: number;
}

/**
 * Plays the engine for one message: connect, HELLO, NOTIFY, ACK, DISCONNECT.
 *
 * @throws OffloadError `OFFLOAD_ERR_CONNECT`, `OFFLOAD_ERR_TIMEOUT`, `OFFLOAD_ERR_PROTOCOL`; `OFFLOAD_ERR_USAGE` for a
 * message that does not fit.
 */
export async function sendNotify(request: NotifyRequest): Promise<NotifyAnswer> {
  const address = formatSocketAddress(request.to);
  const socket = connect(request.to);
  try {
    return await new Promise<NotifyAnswer>((resolve, reject) => {
      const timer = setTimeout(() => reject(timeoutError(address, request.timeoutMs)), request.timeoutMs);
      socket.once('close', () => clearTimeout(timer));
      new Exchange(socket, request.message, address, resolve, reject).start();
    });
  } finally {
    // An agent that keeps its side open must not keep us.
    socket.destroySoon();
    socket.unref();
  }
}

class Exchange {
  private readonly socket: Socket;
  private readonly message: Message;
  private readonly address: string;
  private readonly resolve: (answer: NotifyAnswer) => void;
  private readonly reject: (error: Error) => void;
  private readonly session = new EngineSession({ engineId: randomUUID(), capabilities: ['pipelining'] });
  private sentAt = 0;

  constructor(
    socket: Socket,
    message: Message,
    address: string,
    resolve: (answer: NotifyAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.socket = socket;
    this.message = message;
    this.address = address;
    this.resolve = resolve;
    this.reject = reject;
  }

  start(): void {
    this.socket.setNoDelay(true);
    this.socket.on('connect', () => this.socket.write(this.session.hello()));
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', (error) => this.reject(connectError(this.address, error)));
    this.socket.on('close', () => this.reject(this.protocolError('the agent closed the connection without an answer')));
  }

  private take(chunk: Buffer): void {
    try {
      for (const event of this.session.push(chunk)) this.on(event);
    } catch (error) {
      this.reject(error instanceof SpopError ? this.protocolError(whyUnread(error, chunk), error) : (error as Error));
    }
  }

  private on(event: EngineEvent): void {
    switch (event.type) {
      case 'hello':
        this.send();
        break;
      case 'ack':
        if (!event.known) break;
        if (event.abort) this.reject(this.protocolError('the agent gave the message up'));
        this.resolve({
          actions: event.actions,
          unparsedBytes: event.unparsed.length,
          milliseconds: performance.now() - this.sentAt,
        });
        this.socket.write(this.session.disconnect());
        break;
      case 'disconnect': {
        const text = event.message || describeStatus(event.statusCode);
        this.reject(this.protocolError(`the agent disconnected with status ${event.statusCode}, "${text}"`));
        break;
      }
      case 'skipped':
        break;
      default:
        event satisfies never;
    }
  }

  private send(): void {
    let bytes: Uint8Array;
    try {
      bytes = this.session.notify([this.message]).bytes;
    } catch (error) {
      if (!(error instanceof SpopError)) throw error;
      this.reject(new OffloadError('OFFLOAD_ERR_USAGE', error.message, { cause: error }));
      return;
    }
    this.sentAt = performance.now();
    this.socket.write(bytes);
  }

  private protocolError(what: string, cause?: Error): OffloadError {
    return new OffloadError('OFFLOAD_ERR_PROTOCOL', `No answer from ${this.address}: ${what}`, { cause });
  }
}

/** Servers of other protocols answer with text, whose first letters look like the length of an enormous frame. */
function whyUnread({ message }: SpopError, chunk: Buffer): string {
  return chunk.subarray(0, 5).toString('latin1') === 'HTTP/' ? 'an HTTP server answers there, no SPOE agent' : message;
}

function connectError(address: string, error: NodeJS.ErrnoException): OffloadError {
  const nobody = error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
  const hint = nobody
    ? `nobody listens there. Start an agent first: offload serve --spop --spop-listen ${address}`
    : error.message;
  return new OffloadError('OFFLOAD_ERR_CONNECT', `Cannot connect to ${address}: ${hint}`, { cause: error });
}

function timeoutError(address: string, timeoutMs: number): OffloadError {
  return new OffloadError('OFFLOAD_ERR_TIMEOUT', `No answer from ${address} within ${timeoutMs} ms`);
}
