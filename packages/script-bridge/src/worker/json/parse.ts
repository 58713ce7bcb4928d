import { HostError } from '@offload/script-runtime';
import { JsonObject } from './json-object.js';
import { fromByteString } from './text.js';
import { JSON_LIMITS, type JsonValue } from './value.js';

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
/** What stands for itself in a string: no quote, no backslash, no control character. */
const PLAIN = /[ !#-[\]-\xff]*/y;
const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }),
);
/** U+FEFF in UTF-8. */
const BYTE_ORDER_MARK = '\xef\xbb\xbf';
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/**
 * Parses JSON (RFC 8259) given as a byte string of UTF-8. Whole numbers beyond +-(2^53 - 1) that fit 64 bits stay exact
 * as bigint; of equal member names the last counts. As in LAppS a byte order mark in front is skipped, and the text ends
 * at its first NUL, which JSON has nowhere.
 * @param lax what follows the first value is not looked at
 * @throws HostError with the byte offset of what is wrong
 */
export function parseJson(bytes: string, lax = false): JsonValue {
  return new JsonParser(bytes).parse(lax);
}

class JsonParser {
  private readonly source: string;
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    const end = source.indexOf('\0');
    this.source = end < 0 ? source : source.slice(0, end);
    if (source.startsWith(BYTE_ORDER_MARK)) this.at = BYTE_ORDER_MARK.length;
  }

  parse(lax: boolean): JsonValue {
    const value = this.value();
    this.skipSpace();
    if (!lax && this.at < this.source.length) this.fail('end of text');
    return value;
  }

  private fail(wanted: string): never {
    const got = this.at < this.source.length ? JSON.stringify(this.source[this.at]) : 'end of text';
    throw new HostError(`JSON parse error at byte ${this.at}: ${wanted} expected, got ${got}`);
  }

  private skipSpace(): void {
    for (; this.at < this.source.length; this.at++) {
      const code = this.source.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  private value(): JsonValue {
    this.skipSpace();
    switch (this.source[this.at]) {
      case '{':
        return this.nested(() => this.object());
      case '[':
        return this.nested(() => this.array());
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > JSON_LIMITS.maxDepth) {
      throw new HostError(`JSON parse error at byte ${this.at}: nested deeper than ${JSON_LIMITS.maxDepth}`);
    }
    this.at++;
    const value = read();
    this.depth--;
    return value;
  }

  private word<T>(text: string, value: T): T {
    if (!this.source.startsWith(text, this.at)) this.fail('a value');
    this.at += text.length;
    return value;
  }

  private number(): number | bigint {
    NUMBER.lastIndex = this.at;
    const text = NUMBER.exec(this.source)?.[0];
    if (text === undefined) return this.fail('a value');
    this.at += text.length;
    const number = Number(text);
    if (Number.isSafeInteger(number) || !/^-?\d+$/.test(text)) return number;
    const wide = BigInt(text);
    return wide >= INT64_MIN && wide <= UINT64_MAX ? wide : number;
  }

  /** True when the container ends here, false when another element follows; `first` allows no comma. */
  private ends(close: string, first: boolean): boolean {
    this.skipSpace();
    const char = this.source[this.at];
    if (char === close) {
      this.at++;
      return true;
    }
    if (first) return false;
    if (char !== ',') this.fail(`',' or '${close}'`);
    this.at++;
    return false;
  }

  private array(): JsonValue[] {
    const array: JsonValue[] = [];
    while (!this.ends(']', array.length === 0)) array.push(this.value());
    return array;
  }

  private object(): JsonObject {
    const object = JsonObject.empty();
    for (let first = true; !this.ends('}', first); first = false) {
      this.skipSpace();
      if (this.source[this.at] !== '"') this.fail('a member name');
      const key = this.string();
      this.skipSpace();
      if (this.source[this.at] !== ':') this.fail("':'");
      this.at++;
      object.set(key, this.value());
    }
    return object;
  }

  private string(): string {
    const start = this.at++;
    let text = '';
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = (PLAIN.exec(this.source) as RegExpExecArray)[0];
      this.at += plain.length;
      const decoded = fromByteString(plain);
      if (decoded === undefined) throw new HostError(`JSON parse error at byte ${start}: the string is not UTF-8`);
      text += decoded;
      const char = this.source[this.at];
      if (char === '"') break;
      if (char !== '\\') this.fail('an end of the string');
      text += this.escape();
    }
    this.at++;
    // Two escapes can make half a pair each; a half alone has no UTF-8 form.
    if (/\p{Surrogate}/u.test(text)) throw new HostError(`JSON parse error at byte ${start}: lone surrogate`);
    return text;
  }

  private escape(): string {
    const char = this.source[this.at + 1] ?? '';
    const simple = ESCAPES.get(char);
    if (simple !== undefined) {
      this.at += 2;
      return simple;
    }
    const hex = this.source.slice(this.at + 2, this.at + 6);
    if (char !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) this.fail('an escape');
    this.at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
}
