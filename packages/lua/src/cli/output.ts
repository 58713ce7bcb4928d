/** Standard output of the command: collected, and written in large pieces. */
import { writeSync } from 'node:fs';

const LIMIT = 1 << 16;

export class Output {
  private parts: string[] = [];
  private length = 0;

  write(bytes: string): void {
    this.parts.push(bytes);
    this.length += bytes.length;
    if (this.length > LIMIT) this.flush();
  }

  flush(): void {
    if (this.length === 0) return;
    const data = Buffer.from(this.parts.join(''), 'latin1');
    this.parts = [];
    this.length = 0;
    writeFully(1, data);
  }
}

/** Writes all of `data`, also where the descriptor does not block. */
export function writeFully(fd: number, data: Uint8Array): void {
  let at = 0;
  while (at < data.length) {
    try {
      at += writeSync(fd, data, at);
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'EAGAIN') throw e;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
