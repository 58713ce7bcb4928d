import { ArgumentKind, type NamedArguments } from '../../named-arguments.js';
import type { ScriptCall } from '../../runtime.js';
import type { ScriptValue } from '../../value.js';
import { MarshalWriter } from './marshal-writer.js';
import type { PythonValues } from './values.js';
import { Entry } from './wire.js';

/** The two keys of an argument come first among what can be referred to. */
const NAME_KEY = 0;
const VALUE_KEY = 1;
/** Longest argument name that is written once per batch. */
const MAX_SHARED_NAME = 255;

/**
 * Calls and commands for the interpreter, collected until they cross together: one list of 4-tuples in the format of
 * `marshal`. The bytes begin behind `headroom` bytes the transport fills in.
 */
export class Batch {
  readonly writer = new MarshalWriter();
  /** Whom each entry's outcome belongs to; null for nobody, or for nobody any more. */
  readonly calls: (ScriptCall | null)[] = [];
  /** Number of the first call. */
  base = 0;
  /** Entry whose outcome is next. */
  cursor = 0;
  private readonly headroom: number;
  /** Which arguments of the present call are addresses: the first `v4Count` of `v4`; setting a length is slow. */
  private readonly v4: number[] = [];
  private readonly v6: number[] = [];
  private v4Count = 0;
  private v6Count = 0;
  private readonly names = new Map<string, number>();
  private refs = 0;

  constructor(headroom: number) {
    this.headroom = headroom;
  }

  begin(base: number): void {
    this.base = base;
    this.cursor = 0;
    this.calls.length = 0;
    this.names.clear();
    this.refs = 0;
    this.writer.at = this.headroom;
    this.writer.list(0);
  }

  /** Writes the number of entries; the batch is ready. */
  end(): void {
    this.writer.setUint32(this.headroom + 1, this.calls.length);
  }

  get empty(): boolean {
    return this.calls.length === 0;
  }

  /** Bytes behind the headroom. */
  get size(): number {
    return this.writer.at - this.headroom;
  }

  callNamed(fn: number, args: NamedArguments, call: ScriptCall): void {
    const { writer: w } = this;
    w.tuple(4);
    w.int(fn);
    this.calls.push(call);
    this.v4Count = 0;
    this.v6Count = 0;
    const count = args.count;
    w.list(count);
    for (let i = 0; i < count; i++) {
      w.dict();
      this.key('name', NAME_KEY);
      this.name(args.names[i] as string);
      this.key('value', VALUE_KEY);
      this.argument(args, i);
      w.endDict();
    }
    this.positions(this.v4, this.v4Count);
    this.positions(this.v6, this.v6Count);
  }

  private key(word: string, index: number): void {
    if (this.refs > index) this.writer.ref(index);
    else {
      this.refs++;
      this.writer.shared(word, true);
    }
  }

  private name(name: string): void {
    const known = this.names.get(name);
    if (known !== undefined) {
      this.writer.ref(known);
    } else if (this.refs > VALUE_KEY && name.length <= MAX_SHARED_NAME && isAscii(name)) {
      this.names.set(name, this.refs++);
      this.writer.shared(name, false);
    } else this.writer.text(name);
  }

  private argument(args: NamedArguments, i: number): void {
    const { writer: w } = this;
    const kind = args.kinds[i] as ArgumentKind;
    switch (kind) {
      case ArgumentKind.Null:
        w.none();
        return;
      case ArgumentKind.False:
        w.bool(false);
        return;
      case ArgumentKind.True:
        w.bool(true);
        return;
      case ArgumentKind.Integer: {
        const integer = args.integers[i] as number | bigint;
        typeof integer === 'number' ? w.int(integer) : w.bigint(integer);
        return;
      }
      case ArgumentKind.Ipv4: {
        const { bytes } = args;
        const at = args.starts[i] as number;
        this.v4[this.v4Count++] = i;
        const low = ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
        w.int((bytes[at] as number) * 0x1000000 + low);
        return;
      }
      case ArgumentKind.Ipv6:
        this.v6[this.v6Count++] = i;
        w.unsigned(args.bytes, args.starts[i] as number, 16);
        return;
      case ArgumentKind.String:
        w.utf8(args.bytes, args.starts[i] as number, args.ends[i] as number);
        return;
      case ArgumentKind.Bytes:
        w.binary(args.bytes, args.starts[i] as number, args.ends[i] as number);
        return;
      default:
        kind satisfies never;
    }
  }

  private positions(indexes: readonly number[], count: number): void {
    // What a short tuple cannot hold is a list: it is only iterated.
    if (count > 255) this.writer.list(count);
    else this.writer.tuple(count);
    for (let i = 0; i < count; i++) this.writer.int(indexes[i] as number);
  }

  /** A positional call. @throws TypeError for values that cannot cross; nothing is added then */
  call(fn: number, args: readonly ScriptValue[], values: PythonValues, call: ScriptCall): void {
    const { writer: w } = this;
    const start = w.at;
    values.dressed = false;
    try {
      w.tuple(4);
      w.int(Entry.Call);
      w.int(fn);
      w.list(args.length);
      for (const arg of args) values.write(w, arg);
      w.bool(values.dressed);
    } catch (error) {
      w.at = start;
      throw error;
    }
    this.calls.push(call);
  }

  /** A command `(entry, a, b, c)`; missing ones are None. @throws TypeError as {@link call} */
  command(entry: number, values: PythonValues, call: ScriptCall | null, ...parts: readonly ScriptValue[]): void {
    const { writer: w } = this;
    const start = w.at;
    values.dressed = false;
    try {
      w.tuple(4);
      w.int(entry);
      for (let i = 0; i < 3; i++) values.write(w, parts[i]);
    } catch (error) {
      w.at = start;
      throw error;
    }
    this.calls.push(call);
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
