import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** One frame as it came, unmasked as servers send it. */
export interface Frame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

export interface FrameOptions {
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly mask?: Buffer | false;
  /** Length field to write instead of the true one. */
  readonly length?: number | bigint;
  /** Width of the length field: 7, 16 or 64 bits. */
  readonly width?: 7 | 16 | 64;
}

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

const lengthField = (length: number | bigint, width: 7 | 16 | 64): Buffer => {
  const field = Buffer.alloc(width === 7 ? 1 : width === 16 ? 3 : 9);
  if (width === 7) field[0] = Number(length);
  else field[0] = width === 16 ? 126 : 127;
  if (width === 16) field.writeUInt16BE(Number(length), 1);
  if (width === 64) field.writeBigUInt64BE(BigInt(length), 1);
  return field;
};

/** Builds a client frame, or a wrong one. A slow twin of nothing in the package: byte by byte, straight from RFC 6455 5.2. */
export const clientFrame = (opcode: number, data: Uint8Array | string = '', options: FrameOptions = {}): Buffer => {
  const payload = Buffer.from(data as Uint8Array);
  const { fin = true, rsv = 0, mask = MASK, length = payload.length } = options;
  const width = options.width ?? (length < 126 ? 7 : length < 65_536 ? 16 : 64);
  const field = lengthField(length, width);
  if (mask !== false) field[0]! |= 0x80;
  const masked = mask === false ? payload : payload.map((byte, i) => byte ^ mask[i % 4]!);
  return Buffer.concat([
    Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]),
    field,
    mask === false ? Buffer.alloc(0) : mask,
    masked,
  ]);
};

export const closePayload = (code: number, reason: Uint8Array | string = ''): Buffer => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason as Uint8Array)]);
};

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

export interface RawOptions {
  readonly headers?: { readonly [name: string]: string };
  readonly host?: string;
  readonly tls?: boolean;
}

/** A client that is a TCP socket and a queue of frames: it sends whatever it is told and judges nothing. */
export class RawClient {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  head = '';
  ended = false;
  #rest = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  constructor(port: number, { host = '127.0.0.1', tls = false }: RawOptions = {}) {
    this.socket = tls ? connectTls({ port, host, rejectUnauthorized: false }) : connect({ port, host });
    this.socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.ended = true;
      this.#wake();
    });
  }

  /** Connects and upgrades; rejects unless the answer is 101. */
  static async open(port: number, target: string, options: RawOptions = {}): Promise<RawClient> {
    const client = new RawClient(port, options);
    client.request(target, options.headers);
    await client.response();
    if (!client.head.startsWith('HTTP/1.1 101 ')) throw new Error(client.head);
    return client;
  }

  request(target: string, headers: { readonly [name: string]: string } = {}): void {
    const all: { [name: string]: string } = {
      Host: 'localhost',
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': KEY,
      'Sec-WebSocket-Version': '13',
      ...headers,
    };
    const lines = Object.entries(all).filter(([, value]) => value !== '');
    this.socket.write(`GET ${target} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}`).join('\r\n')}\r\n\r\n`);
  }

  send(...parts: Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Response head, or what there is of it when the server ends. */
  async response(): Promise<string> {
    while (this.head === '' && !this.ended) await this.#change();
    if (this.head === '') this.head = this.#rest.toString('latin1');
    return this.head;
  }

  /** The next frame; rejects when the connection ends first. */
  async frame(): Promise<Frame> {
    while (this.frames.length === 0) {
      if (this.ended) throw new Error('connection ended');
      await this.#change();
    }
    return this.frames.shift()!;
  }

  /** The status of the next Close frame, 1005 for an empty one, 0 when TCP ends without. Other frames are skipped. */
  async closeCode(): Promise<number> {
    for (;;) {
      const frame = await this.frame().catch(() => undefined);
      if (frame === undefined) return 0;
      if (frame.opcode === 8) return frame.payload.length < 2 ? 1005 : frame.payload.readUInt16BE();
    }
  }

  async end(): Promise<void> {
    while (!this.ended) await this.#change();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (this.head === '') {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.head = this.#rest.toString('latin1', 0, end + 4);
      this.#rest = this.#rest.subarray(end + 4);
    }
    while (this.#parse());
    this.#wake();
  }

  #parse(): boolean {
    const bytes = this.#rest;
    if (bytes.length < 2) return false;
    let length = bytes[1]! & 127;
    let at = 2;
    if (length === 126) {
      if (bytes.length < 4) return false;
      length = bytes.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return false;
      length = Number(bytes.readBigUInt64BE(2));
      at = 10;
    }
    if (bytes.length < at + length) return false;
    this.frames.push({
      fin: (bytes[0]! & 0x80) !== 0,
      rsv: (bytes[0]! >> 4) & 7,
      opcode: bytes[0]! & 15,
      masked: (bytes[1]! & 0x80) !== 0,
      payload: Buffer.from(bytes.subarray(at, at + length)),
    });
    this.#rest = bytes.subarray(at + length);
    return true;
  }
}
