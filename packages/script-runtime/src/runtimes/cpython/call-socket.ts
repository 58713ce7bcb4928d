import { readSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { ScriptRuntimeError } from '../../errors.js';

/** What libuv's streams have and Node's types do not say. */
interface PipeHandle {
  readonly fd?: number;
  setBlocking?(blocking: boolean): number;
}

/** The process at the other end has ended. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

/**
 * One end of a socket, read and written while the thread waits: for a short answer from the next process that is a
 * fraction of the cost of an event loop's turn.
 */
export class CallSocket {
  private readonly fd: number;
  private buffer = new Uint8Array(64 * 1024);
  private at = 0;
  private end = 0;

  /** `socket` must not be read by anyone else. @throws ScriptRuntimeError where Node does not allow it */
  constructor(socket: Socket) {
    const handle = (socket as unknown as { _handle?: PipeHandle })._handle;
    if (handle?.fd === undefined || handle.fd < 0 || handle.setBlocking?.(true) !== 0) {
      const message = 'Cannot talk to a Python process: this Node gives no access to the socket between';
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_UNSUPPORTED', message, language: 'python' });
    }
    this.fd = handle.fd;
  }

  /** @throws ProcessEnded */
  write(bytes: Uint8Array, at: number, end: number): void {
    try {
      for (let sent = at; sent < end; ) sent += writeSync(this.fd, bytes, sent, end - sent);
    } catch (error) {
      throw new ProcessEnded((error as Error).message);
    }
  }

  /** The next frame, behind its length, in memory of its own. @throws ProcessEnded */
  read(): Uint8Array {
    this.fill(4);
    const length = new DataView(this.buffer.buffer, this.at).getUint32(0, true);
    this.fill(4 + length);
    const start = this.at + 4;
    this.at = start + length;
    return this.buffer.slice(start, this.at);
  }

  /** Reads until there are `count` bytes. */
  private fill(count: number): void {
    if (this.end - this.at >= count) return;
    if (this.at > 0) {
      this.buffer.copyWithin(0, this.at, this.end);
      this.end -= this.at;
      this.at = 0;
    }
    if (count > this.buffer.length) {
      const grown = new Uint8Array(count);
      grown.set(this.buffer.subarray(0, this.end));
      this.buffer = grown;
    }
    while (this.end < count) {
      let got: number;
      try {
        got = readSync(this.fd, this.buffer, this.end, this.buffer.length - this.end, null);
      } catch (error) {
        throw new ProcessEnded((error as Error).message);
      }
      if (got === 0) throw new ProcessEnded('end of file');
      this.end += got;
    }
  }
}
