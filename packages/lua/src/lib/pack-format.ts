/** Formats of string.pack (Lua 5.3 manual 6.4.2) as a sequence of options with sizes and alignment. */
import { argError, luaError } from '../raise.js';

export type PackKind =
  | 'signed'
  | 'unsigned'
  | 'float'
  | 'double'
  | 'fixed'
  | 'counted'
  | 'zero'
  | 'padding'
  | 'align'
  | 'none';

export interface PackOption {
  kind: PackKind;
  /** Bytes of the value, or of the length in front of a counted string. */
  size: number;
  /** Bytes of padding in front of it. */
  pad: number;
}

const MAX_INTEGER_SIZE = 16;
const NATIVE_ALIGN = 8;

const KINDS: ReadonlyMap<string, readonly [PackKind, number]> = new Map<string, readonly [PackKind, number]>([
  ['b', ['signed', 1]],
  ['B', ['unsigned', 1]],
  ['h', ['signed', 2]],
  ['H', ['unsigned', 2]],
  ['l', ['signed', 8]],
  ['L', ['unsigned', 8]],
  ['j', ['signed', 8]],
  ['J', ['unsigned', 8]],
  ['T', ['unsigned', 8]],
  ['f', ['float', 4]],
  ['d', ['double', 8]],
  ['n', ['double', 8]],
  ['z', ['zero', 0]],
  ['x', ['padding', 1]],
]);

/** Reads a format option by option. */
export class PackReader {
  little = true;
  private readonly format: string;
  private at = 0;
  private maxAlign = 1;

  constructor(format: string) {
    this.format = format;
  }

  get done(): boolean {
    return this.at >= this.format.length;
  }

  /** The next option, for a value that would start at byte `total` of the result. */
  next(total: number): PackOption {
    const option = this.option();
    let align = option.size;
    if (option.kind === 'align') {
      if (this.done) throw argError(1, "invalid next option for option 'X'");
      const following = this.option();
      align = following.size;
      if (following.kind === 'fixed' || align === 0) throw argError(1, "invalid next option for option 'X'");
    }
    const aligned =
      option.kind === 'align' ||
      option.kind === 'signed' ||
      option.kind === 'unsigned' ||
      option.kind === 'counted' ||
      option.kind === 'float' ||
      option.kind === 'double';
    if (align <= 1 || !aligned) return option;
    const unit = Math.min(align, this.maxAlign);
    if ((unit & (unit - 1)) !== 0) throw argError(1, 'format asks for alignment not power of 2');
    option.pad = (unit - (total & (unit - 1))) & (unit - 1);
    return option;
  }

  private option(): PackOption {
    const letter = this.format.charAt(this.at++);
    const known = KINDS.get(letter);
    if (known !== undefined) return { kind: known[0], size: known[1], pad: 0 };
    switch (letter) {
      case 'i':
        return { kind: 'signed', size: this.integerSize(4), pad: 0 };
      case 'I':
        return { kind: 'unsigned', size: this.integerSize(4), pad: 0 };
      case 's':
        return { kind: 'counted', size: this.integerSize(8), pad: 0 };
      case 'c': {
        const size = this.digits();
        if (size < 0) throw luaError("missing size for format option 'c'");
        return { kind: 'fixed', size, pad: 0 };
      }
      case 'X':
        return { kind: 'align', size: 0, pad: 0 };
      default:
        this.setting(letter);
        return { kind: 'none', size: 0, pad: 0 };
    }
  }

  private setting(letter: string): void {
    if (letter === '<' || letter === '=') this.little = true;
    else if (letter === '>') this.little = false;
    else if (letter === '!') this.maxAlign = this.integerSize(NATIVE_ALIGN);
    else if (letter !== ' ') throw luaError(`invalid format option '${letter}'`);
  }

  private digits(): number {
    const start = this.at;
    let value = 0;
    for (; this.at < this.format.length; this.at++) {
      const digit = this.format.charCodeAt(this.at) - 48;
      if (digit < 0 || digit > 9 || value > 214748363) break;
      value = value * 10 + digit;
    }
    return this.at === start ? -1 : value;
  }

  private integerSize(normal: number): number {
    const size = this.digits();
    if (size < 0) return normal;
    if (size < 1 || size > MAX_INTEGER_SIZE) {
      throw luaError(`integral size (${size}) out of limits [1,${MAX_INTEGER_SIZE}]`);
    }
    return size;
  }
}
