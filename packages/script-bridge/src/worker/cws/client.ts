import { isUtf8 } from 'node:buffer';
import { WebSocket } from 'ws';
import type { CwsOptions } from './options.js';

/** Events kept for a script that does not ask for them; past that nothing more is read. */
const MAX_WAITING_EVENTS = 2048;
/** Bytes waiting to be sent to one server. */
const MAX_BUFFERED_BYTES = 16 << 20;

/** Something that happened to a connection; `text` and `data` are byte strings. */
export type CwsEvent =
  | { readonly type: 'onopen'; readonly handler: number }
  | { readonly type: 'onmessage'; readonly handler: number; readonly data: string; readonly opcode: 1 | 2 }
  | { readonly type: 'onerror'; readonly handler: number; readonly text: string }
  | { readonly type: 'onclose'; readonly handler: number; readonly payload: string };

/** What the client needs of its thread. */
export interface CwsHost {
  hold(): void;
  release(): void;
}

/** The WebSocket connections the scripts of one engine opened. Events wait until they are asked for. */
export class CwsClient {
  private readonly host: CwsHost;
  private readonly options: CwsOptions;
  private readonly sockets = new Map<number, WebSocket>();
  private events: CwsEvent[] = [];
  private nextHandler = 1;
  private paused = false;
  private wake: (() => void) | undefined;

  constructor(host: CwsHost, options: CwsOptions) {
    this.host = host;
    this.options = options;
  }

  /** Starts to connect; returns the handler, or what is wrong with the request. */
  connect(uri: string): number | string {
    const max = this.options.maxConnections ?? 10_000;
    if (this.sockets.size >= max) return `there are ${max} connections already`;
    let url: URL;
    try {
      url = new URL(uri);
    } catch {
      return `${JSON.stringify(uri)} is not a URI`;
    }
    if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return `want ws:// or wss://, got ${url.protocol}//`;
    const socket = this.open(url);
    if (typeof socket === 'string') return socket;
    const handler = this.nextHandler++;
    this.sockets.set(handler, socket);
    this.host.hold();
    this.listen(socket, handler);
    return handler;
  }

  private open(url: URL): WebSocket | string {
    const { ca, rejectUnauthorized = true, minVersion = 'TLSv1.2' } = this.options;
    const { maxMessageBytes = 16 << 20, handshakeTimeoutMs = 10_000 } = this.options;
    try {
      return new WebSocket(url, {
        origin: `${url.protocol === 'wss:' ? 'https' : 'http'}://${url.host}`,
        perMessageDeflate: false,
        maxPayload: maxMessageBytes,
        handshakeTimeout: handshakeTimeoutMs,
        ...(url.protocol === 'wss:' ? { ca, rejectUnauthorized, minVersion } : {}),
      });
    } catch (error) {
      return (error as Error).message;
    }
  }

  private listen(socket: WebSocket, handler: number): void {
    socket.on('open', () => {
      if (this.paused) socket.pause();
      this.push({ type: 'onopen', handler });
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.push({ type: 'onmessage', handler, data: data.toString('latin1'), opcode: isBinary ? 2 : 1 });
    });
    socket.on('error', (error) => {
      this.push({ type: 'onerror', handler, text: Buffer.from(error.message).toString('latin1') });
    });
    socket.on('close', (code: number, reason: Buffer) => {
      this.sockets.delete(handler);
      this.host.release();
      this.push({ type: 'onclose', handler, payload: closeBody(code, reason) });
    });
  }

  private push(event: CwsEvent): void {
    this.events.push(event);
    this.wake?.();
    if (this.paused || this.events.length < MAX_WAITING_EVENTS) return;
    this.paused = true;
    for (const socket of this.sockets.values()) socket.pause();
  }

  /** Sends a byte string; returns what is wrong, if anything. */
  send(handler: number, data: string, opcode: 1 | 2): string | undefined {
    const socket = this.sockets.get(handler);
    if (socket === undefined || socket.readyState !== WebSocket.OPEN) return 'the handler is not open';
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) return `${socket.bufferedAmount} bytes wait to be sent already`;
    const bytes = Buffer.from(data, 'latin1');
    // Servers end the connection at a text that is none.
    if (opcode === 1 && !isUtf8(bytes)) return 'text is not UTF-8: send it with opcode 2';
    socket.send(bytes, { binary: opcode === 2 });
    return undefined;
  }

  /** Starts the closing handshake with 1001; before the connection is open it is given up. */
  close(handler: number): void {
    this.sockets.get(handler)?.close(1001);
  }

  /** Takes what happened since the last time, oldest first. */
  take(): CwsEvent[] {
    const { events } = this;
    this.events = [];
    if (this.paused) {
      this.paused = false;
      for (const socket of this.sockets.values()) socket.resume();
    }
    return events;
  }

  /** Resolves when there are events, or after `ms`; at least one turn of the event loop later. */
  wait(ms: number): Promise<void> {
    if (this.events.length > 0) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.wake = wake;
    });
  }

  /** Ends every connection at once; nothing is reported any more. */
  dispose(): void {
    for (const socket of this.sockets.values()) {
      socket.removeAllListeners();
      // An aborted handshake still reports an error.
      socket.on('error', () => {});
      socket.terminate();
      this.host.release();
    }
    this.sockets.clear();
    this.events = [];
  }
}

/** Body of the Close frame: code and reason; empty when the connection just ended. */
function closeBody(code: number, reason: Buffer): string {
  if (code === 1005 || code === 1006) return '';
  return String.fromCharCode(code >> 8, code & 255) + reason.toString('latin1');
}
