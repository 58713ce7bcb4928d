import type { EngineHost, LogLevel } from '../../runtime.js';

/** A line longer than this is logged in pieces. */
const MAX_LINE_CHARS = 16 * 1024;

/** What scripts write, a byte string at a time, as one log record per line. */
export class LineLog {
  private readonly host: EngineHost;
  private readonly level: LogLevel;
  private text = '';
  private script: string | undefined;

  constructor(host: EngineHost, level: LogLevel) {
    this.host = host;
    this.level = level;
  }

  write(bytes: string, script: string | undefined): void {
    this.script = script;
    let at = 0;
    for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', at)) {
      this.text += bytes.slice(at, end);
      this.emit();
      at = end + 1;
    }
    this.text += bytes.slice(at);
    if (this.text.length >= MAX_LINE_CHARS) this.emit();
  }

  /** Logs what was written behind the last line end. */
  flush(): void {
    if (this.text !== '') this.emit();
  }

  private emit(): void {
    const line = this.text.endsWith('\r') ? this.text.slice(0, -1) : this.text;
    this.text = '';
    for (let at = 0; at === 0 || at < line.length; at += MAX_LINE_CHARS) {
      this.host.log(this.level, readable(line.slice(at, at + MAX_LINE_CHARS)), { script: this.script });
    }
  }
}

/** Text as the byte string of its UTF-8. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A byte string as text: UTF-8 where it is that, replacement characters where it is not. */
export function readable(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
