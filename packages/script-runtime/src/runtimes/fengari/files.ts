import { closeSync, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import type { LogStream } from './output.js';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 10;

/** What `io` needs of an open file. */
export interface LuaFile {
  readonly name: string;
  readonly closed: boolean;
  /** Up to `count` bytes; null at the end of the file. */
  read(count: number): Uint8Array | null;
  /** A line without its end, or with it; null at the end of the file. */
  readLine(keepEnd: boolean): Uint8Array | null;
  /** The next byte without taking it, -1 at the end. */
  peek(): number;
  write(bytes: Uint8Array, script: string | undefined): void;
  /** Moves and returns the position in bytes. */
  seek(whence: 'set' | 'cur' | 'end', offset: number): number;
  flush(): void;
  close(): void;
}

/** Opening one waits for its other end, in the kernel, where no deadline ends it. */
export function refusePipe(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO() !== true) return;
  throw Object.assign(new Error('Illegal seek'), { code: 'ESPIPE', errno: -29 });
}

/** A file of the file system, read and written synchronously, as scripts expect it. */
export class DiskFile implements LuaFile {
  readonly name: string;
  closed = false;
  private readonly fd: number;
  private readonly append: boolean;
  private position = 0;
  private buffer: Buffer = Buffer.alloc(0);
  private at = 0;

  /** `mode` as in fopen: `r`, `w`, `a`, each with `+` and `b`. Throws Node's file system error, also for a pipe. */
  constructor(path: string, mode: string) {
    this.name = path;
    refusePipe(path);
    this.fd = openSync(path, mode.replace('b', ''));
    this.append = mode.startsWith('a');
  }

  read(count: number): Uint8Array | null {
    while (this.buffer.length - this.at < count && this.fill());
    const bytes = this.take(Math.min(count, this.buffer.length - this.at));
    return bytes.length === 0 && count > 0 ? null : bytes;
  }

  readLine(keepEnd: boolean): Uint8Array | null {
    let searched = this.at;
    for (;;) {
      const end = this.buffer.indexOf(NEWLINE, searched);
      if (end >= 0) {
        const line = this.take(end + 1 - this.at);
        return keepEnd ? line : line.subarray(0, -1);
      }
      const pending = this.buffer.length - this.at;
      if (!this.fill()) break;
      searched = this.at + pending;
    }
    return this.at === this.buffer.length ? null : this.take(this.buffer.length - this.at);
  }

  peek(): number {
    if (this.at === this.buffer.length && !this.fill()) return -1;
    return this.buffer[this.at] as number;
  }

  write(bytes: Uint8Array): void {
    this.dropReadAhead();
    let done = 0;
    while (done < bytes.length) {
      done += writeSync(this.fd, bytes, done, bytes.length - done, this.append ? null : this.position + done);
    }
    this.position = this.append ? fstatSync(this.fd).size : this.position + done;
  }

  seek(whence: 'set' | 'cur' | 'end', offset: number): number {
    this.dropReadAhead();
    const base = whence === 'set' ? 0 : whence === 'cur' ? this.position : fstatSync(this.fd).size;
    if (base + offset < 0) throw Object.assign(new Error('Invalid argument'), { code: 'EINVAL', errno: -22 });
    this.position = base + offset;
    return this.position;
  }

  flush(): void {}

  close(): void {
    this.closed = true;
    closeSync(this.fd);
  }

  /** Reads one more chunk behind what is buffered. */
  private fill(): boolean {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const size = readSync(this.fd, chunk, 0, CHUNK_BYTES, this.position);
    if (size === 0) return false;
    this.position += size;
    this.buffer = Buffer.concat([this.buffer.subarray(this.at), chunk.subarray(0, size)]);
    this.at = 0;
    return true;
  }

  private take(count: number): Uint8Array {
    const bytes = Uint8Array.prototype.slice.call(this.buffer, this.at, this.at + count);
    this.at += count;
    return bytes;
  }

  private dropReadAhead(): void {
    this.position -= this.buffer.length - this.at;
    this.buffer = Buffer.alloc(0);
    this.at = 0;
  }
}

/** `io.stdout` and `io.stderr`: lines of the log. */
export class LogFile implements LuaFile {
  readonly name: string;
  readonly closed = false;
  private readonly stream: LogStream;

  constructor(name: string, stream: LogStream) {
    this.name = name;
    this.stream = stream;
  }

  read(): null {
    return null;
  }

  readLine(): null {
    return null;
  }

  peek(): number {
    return -1;
  }

  write(bytes: Uint8Array, script: string | undefined): void {
    this.stream.write(bytes, script);
  }

  seek(): number {
    throw Object.assign(new Error('Illegal seek'), { code: 'ESPIPE', errno: -29 });
  }

  flush(): void {
    this.stream.flush();
  }

  /** The log stays open. */
  close(): void {
    this.stream.flush();
  }
}

/** `io.stdin`: a server has none, so it is at its end. */
export class EmptyFile extends LogFile {
  override write(): void {
    throw Object.assign(new Error('Bad file descriptor'), { code: 'EBADF', errno: -9 });
  }
}
