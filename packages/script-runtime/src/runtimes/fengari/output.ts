import type { EngineHost, LogLevel } from '../../runtime.js';
import { readableOf } from './strings.js';

/** A line longer than this is logged in pieces. */
const MAX_LINE_BYTES = 16 * 1024;

/** A stream of a script that ends in the log, one record per line. */
export class LogStream {
  private readonly host: EngineHost;
  private readonly level: LogLevel;
  private parts: Uint8Array[] = [];
  private size = 0;
  private script: string | undefined;

  constructor(host: EngineHost, level: LogLevel) {
    this.host = host;
    this.level = level;
  }

  /** Appends bytes the caller gives away; every complete line is logged. */
  write(bytes: Uint8Array, script: string | undefined): void {
    this.script = script;
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(10, at);
      if (end < 0) break;
      this.append(bytes.subarray(at, end));
      this.emit();
      at = end + 1;
    }
    if (at < bytes.length) this.append(bytes.subarray(at));
    if (this.size >= MAX_LINE_BYTES) this.emit();
  }

  /** Logs what was written behind the last line end. */
  flush(): void {
    if (this.size > 0) this.emit();
  }

  private append(bytes: Uint8Array): void {
    this.parts.push(bytes);
    this.size += bytes.length;
  }

  private emit(): void {
    const line = Buffer.concat(this.parts, this.size);
    this.parts = [];
    this.size = 0;
    for (let at = 0; at === 0 || at < line.length; at += MAX_LINE_BYTES) {
      const piece = readableOf(line.subarray(at, at + MAX_LINE_BYTES)).replace(/\r$/, '');
      this.host.log(this.level, piece, { script: this.script });
    }
  }
}
