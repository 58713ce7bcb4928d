/** A file as the io library sees it: buffered reading and writing over a `SystemFile`. */
import { stringToNumber } from './number-text.js';
import { SystemError, type SystemFile } from './system.js';

const CHUNK = 65536;

/** Fuel for one of them. */
const READ_COST = 1000;

/** Bytes kept back before they are written. */
const WRITE_BUFFER = 16384;

/** What C's scanf takes for a number, in one step after the white space before it. */
const NUMBER_PREFIX =
  /[-+]?(?:0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][-+]?[0-9]+)?|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]*)?|inf(?:inity)?|nan)/iy;

export class LuaFile {
  /** Standard files are not closed by scripts. */
  readonly standard: boolean;
  private file: SystemFile | undefined;
  private input = '';
  private at = 0;
  private output = '';
  private unbuffered = false;
  private readonly burn: ((n: number) => void) | undefined;

  /** @param burn charges fuel for what is read: some devices have no end */
  constructor(file: SystemFile, standard: boolean, burn?: (n: number) => void) {
    this.file = file;
    this.burn = burn;
    this.standard = standard;
    this.unbuffered = standard;
  }

  get closed(): boolean {
    return this.file === undefined;
  }

  close(): void {
    const { file } = this;
    if (file === undefined) return;
    try {
      this.flush();
    } finally {
      this.file = undefined;
      file.close();
    }
  }

  setUnbuffered(unbuffered: boolean): void {
    this.unbuffered = unbuffered;
  }

  flush(): void {
    if (this.output === '') return;
    const bytes = this.output;
    this.output = '';
    this.file?.write(bytes);
  }

  write(bytes: string): void {
    if (this.file?.writable === false) throw new SystemError('Bad file descriptor', 9);
    this.dropInput();
    this.output += bytes;
    if (this.unbuffered || this.output.length > WRITE_BUFFER) this.flush();
  }

  seek(whence: 'set' | 'cur' | 'end', offset: number): number {
    this.flush();
    this.dropInput();
    return this.file?.seek(whence, offset) ?? 0;
  }

  /** Gives back what was read ahead, so that the position is where the script believes it to be. */
  private dropInput(): void {
    const ahead = this.input.length - this.at;
    this.input = '';
    this.at = 0;
    if (ahead > 0) this.file?.seek('cur', -ahead);
  }

  /** Reads ahead; false at the end of the file. */
  private fill(): boolean {
    if (this.file?.readable === false) throw new SystemError('Bad file descriptor', 9);
    this.flush();
    this.burn?.(READ_COST);
    const more = this.file?.read(CHUNK) ?? '';
    if (more === '') return false;
    this.input = this.at < this.input.length ? this.input.slice(this.at) + more : more;
    this.at = 0;
    return true;
  }

  /** A line without, or with, its newline; undefined at the end. */
  readLine(keepNewline: boolean): string | undefined {
    let searched = 0;
    for (;;) {
      const end = this.input.indexOf('\n', this.at + searched);
      if (end >= 0) {
        const line = this.input.slice(this.at, keepNewline ? end + 1 : end);
        this.at = end + 1;
        return line;
      }
      searched = this.input.length - this.at;
      if (!this.fill()) break;
    }
    if (this.at >= this.input.length) return undefined;
    return this.rest();
  }

  private rest(): string {
    const rest = this.input.slice(this.at);
    this.input = '';
    this.at = 0;
    return rest;
  }

  readAll(): string {
    const parts = [this.rest()];
    while (this.fill()) parts.push(this.rest());
    return parts.join('');
  }

  /** Up to `count` bytes; undefined at the end, `''` for a count of 0 when there is more. */
  readBytes(count: number): string | undefined {
    while (this.input.length - this.at < Math.max(count, 1)) if (!this.fill()) break;
    if (this.at >= this.input.length) return undefined;
    const bytes = this.input.slice(this.at, this.at + count);
    this.at += bytes.length;
    return bytes;
  }

  readNumber(): number | undefined {
    for (;;) {
      while (this.at < this.input.length && /[ \t-\r]/.test(this.input.charAt(this.at))) this.at++;
      // A number is complete when something stands behind it.
      if (this.input.length - this.at < 400 && this.fill()) continue;
      NUMBER_PREFIX.lastIndex = this.at;
      const found = NUMBER_PREFIX.exec(this.input);
      if (found === null) return undefined;
      this.at += found[0].length;
      return stringToNumber(found[0].replace(/[eE][-+]?$/, ''));
    }
  }
}
