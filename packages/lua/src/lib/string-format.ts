/** string.format. */
import { argError, argTypeError, luaError } from '../raise.js';
import { LuaTable } from '../table.js';
import { LuaThread, LuaUserdata, type LuaValue } from '../value.js';
import { checkInt, checkString } from './args.js';
import { formatFixed } from './decimal.js';
import { type FormatSpec, formatFloat, formatSigned, formatUnsigned, padText } from './format-number.js';
import { parseFormat } from './format-spec.js';
import type { LibHost } from './host.js';
import { numberToString, stringToNumber } from './number-text.js';

/** Writes one argument; `arg` is its number for error texts. */
type Directive = (host: LibHost, v: LuaValue, arg: number) => string;

interface CompiledFormat {
  readonly parts: readonly (string | Directive)[];
  /** The faulty directive that ends the format. */
  readonly error: string | undefined;
}

function numberArgument(v: LuaValue, arg: number): number | bigint {
  if (typeof v === 'number' || typeof v === 'bigint') return v;
  if (typeof v === 'string') {
    const n = stringToNumber(v);
    if (n !== undefined) return n;
  }
  throw argTypeError(arg, 'number', v, arg);
}

function integerDirective(spec: FormatSpec): Directive {
  const format = spec.conversion === 'd' || spec.conversion === 'i' ? formatSigned : formatUnsigned;
  const bare = format === formatSigned && isBare(spec) && spec.precision < 0;
  if (!bare) return (_host, v, arg) => format(numberArgument(v, arg), spec);
  return (_host, v, arg) =>
    typeof v === 'number' && (v | 0) === v ? `${v | 0}` : format(numberArgument(v, arg), spec);
}

/** No flags and no width. */
function isBare(spec: FormatSpec): boolean {
  return spec.width === 0 && !(spec.left || spec.plus || spec.space || spec.zero || spec.alternate);
}

function floatDirective(spec: FormatSpec): Directive {
  if (spec.conversion === 'g' && spec.precision === 14 && isBare(spec)) {
    // As numbers are printed.
    return (_host, v, arg) => numberToString(typeof v === 'number' ? v : Number(numberArgument(v, arg)));
  }
  if (spec.conversion !== 'f' || !isBare(spec)) {
    return (_host, v, arg) => formatFloat(Number(numberArgument(v, arg)), spec);
  }
  const precision = spec.precision < 0 ? 6 : spec.precision;
  return (_host, v, arg) => {
    if (typeof v === 'number' && v > 0 && v < Infinity) return formatFixed(v, precision, false);
    return formatFloat(Number(numberArgument(v, arg)), spec);
  };
}

function textDirective(spec: FormatSpec): Directive {
  const { precision } = spec;
  return (host, v) => {
    const text = typeof v === 'string' ? v : host.tostring(v);
    return padText(precision >= 0 ? text.slice(0, precision) : text, spec);
  };
}

function charDirective(spec: FormatSpec): Directive {
  return (_host, v, arg) => {
    const code = checkInt(typeof v === 'number' ? v : numberArgument(v, arg), arg, arg);
    return padText(String.fromCharCode(code & 255), spec);
  };
}

function pointerDirective(spec: FormatSpec): Directive {
  const plain = { ...spec, precision: -1 };
  return (host, v) => {
    const object =
      typeof v === 'function' || v instanceof LuaTable || v instanceof LuaThread || v instanceof LuaUserdata;
    return padText(object ? host.address(v) : 'NULL', plain);
  };
}

/** `%q`: a text that the Lua compiler reads back as the same string. */
function quote(text: string): string {
  let result = '"';
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 34 || c === 92) result += `\\${text.charAt(at)}`;
    else if (c === 10) result += '\\\n';
    else if (c < 32 || c === 127) result += escapeControl(c, text.charCodeAt(at + 1));
    else result += text.charAt(at);
  }
  return `${result}"`;
}

function escapeControl(c: number, next: number): string {
  const digits = next >= 48 && next <= 57 ? `${c}`.padStart(3, '0') : `${c}`;
  return `\\${digits}`;
}

function directive(spec: FormatSpec): Directive {
  switch (spec.conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return integerDirective(spec);
    case 'c':
      return charDirective(spec);
    case 's':
      return textDirective(spec);
    case 'q':
      return (host, v) => quote(typeof v === 'string' ? v : host.tostring(v));
    case 'p':
      return pointerDirective(spec);
    default:
      return floatDirective(spec);
  }
}

/** Formats kept by one state. */
export class FormatCache {
  private readonly limit: number;
  private readonly known = new Map<string, CompiledFormat>();

  constructor(limit = 500) {
    this.limit = limit;
  }

  get(format: string): CompiledFormat {
    let found = this.known.get(format);
    if (found === undefined) {
      if (this.known.size >= this.limit) this.known.clear();
      const parsed = parseFormat(format);
      const parts = parsed.parts.map((part) => (typeof part === 'string' ? part : directive(part)));
      found = { parts, error: parsed.error };
      this.known.set(format, found);
    }
    return found;
  }
}

/** `string.format(format, ...)`. */
export function openFormat(host: LibHost): (...args: LuaValue[]) => LuaValue {
  const cache = new FormatCache();
  return function format(source: LuaValue, ...args: LuaValue[]): LuaValue {
    const compiled = cache.get(typeof source === 'string' ? source : checkString(source, 1, args.length + 1));
    const { parts } = compiled;
    let result = '';
    let arg = 0;
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]!;
      if (typeof part === 'string') {
        result += part;
        continue;
      }
      if (arg >= args.length) throw argError(arg + 2, 'value expected');
      result += part(host, args[arg], arg + 2);
      arg++;
    }
    if (compiled.error !== undefined) throw luaError(`invalid option '${compiled.error}' to 'format'`);
    return result;
  };
}
