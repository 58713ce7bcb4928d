import { HostObject, Results, type ScriptFunction, type ScriptValue } from '../../value.js';
import { type FunctionHandles, PythonFunction, PythonTable } from './handles.js';
import { broken, Mark, type MarshalReader } from './marshal-reader.js';
import type { MarshalWriter } from './marshal-writer.js';
import { MethodHandle, type ObjectHandles } from './objects.js';
import { Handle } from './wire.js';

const MAX_DEPTH = 100;

/** Script values to marshal and back; functions and objects as handles. */
export class PythonValues {
  private readonly owner: object;
  private readonly functions: FunctionHandles;
  private readonly objects: ObjectHandles;
  /** True when a handle was written since it was set to false. */
  dressed = false;

  constructor(owner: object, functions: FunctionHandles, objects: ObjectHandles) {
    this.owner = owner;
    this.functions = functions;
    this.objects = objects;
  }

  /** @throws TypeError for functions of other engines and for what is nested without end */
  write(w: MarshalWriter, value: ScriptValue | Results, depth = 0): void {
    switch (typeof value) {
      case 'undefined':
        w.none();
        return;
      case 'boolean':
        w.bool(value);
        return;
      case 'number':
        Number.isSafeInteger(value) && !Object.is(value, -0) ? w.int(value) : w.float(value);
        return;
      case 'bigint':
        w.bigint(value);
        return;
      case 'string':
        w.text(value);
        return;
      default:
        if (value === null) {
          w.none();
          return;
        }
        if (value instanceof Uint8Array) {
          w.binary(value, 0, value.length);
          return;
        }
        this.writeContainer(w, value as object, depth);
    }
  }

  private writeContainer(w: MarshalWriter, value: object, depth: number): void {
    if (depth > MAX_DEPTH) throw new TypeError(`value is nested deeper than ${MAX_DEPTH} levels`);
    if (Array.isArray(value)) this.writeList(w, value as ScriptValue[], depth);
    else if (value instanceof Map) this.writeMap(w, value as Map<ScriptValue, ScriptValue>, depth);
    else if (value instanceof PythonTable) {
      if (value.shape === 'list') this.writeList(w, value.list, depth);
      else this.writeMap(w, value.map, depth);
    } else if (value instanceof PythonFunction) {
      this.dressed = true;
      w.complex(Handle.Function, this.own(value));
    } else if (value instanceof HostObject) {
      this.dressed = true;
      const { kind, number } = this.objects.send(value);
      w.complex(kind, number);
    } else if (value instanceof MethodHandle) {
      this.dressed = true;
      w.complex(Handle.Method, value.number);
    } else if (value instanceof Results) {
      if (value.values.length > 255) throw new TypeError('more than 255 results');
      w.tuple(value.values.length);
      for (const item of value.values) this.write(w, item, depth + 1);
    } else throw new TypeError(`value belongs to another engine (${value.constructor?.name ?? 'object'})`);
  }

  /** The number of a function of this very interpreter. */
  own(fn: ScriptFunction): number {
    if (!(fn instanceof PythonFunction) || fn.owner !== this.owner) {
      throw new TypeError('The function belongs to another engine');
    }
    if (!this.functions.isCurrent(fn)) throw new TypeError('The function belongs to a Python process that has ended');
    return fn.number;
  }

  private writeList(w: MarshalWriter, list: readonly ScriptValue[], depth: number): void {
    w.list(list.length);
    for (const item of list) this.write(w, item, depth + 1);
  }

  private writeMap(w: MarshalWriter, map: ReadonlyMap<ScriptValue, ScriptValue>, depth: number): void {
    w.dict();
    for (const [key, item] of map) {
      this.write(w, key, depth + 1);
      this.write(w, item, depth + 1);
    }
    w.endDict();
  }

  /** Reads one value. `dressed` says that it may hold handles. */
  read(r: MarshalReader, dressed: boolean): ScriptValue {
    const mark = r.mark();
    switch (mark) {
      case Mark.None:
        return null;
      case Mark.True:
        return true;
      case Mark.False:
        return false;
      case Mark.Int:
        return r.int32();
      case Mark.Long:
        return r.long();
      case Mark.Float:
        return r.float();
      case Mark.Bytes:
        // The buffer is used again: who keeps bytes needs their own.
        return r.binary().slice();
      case Mark.Unicode:
      case Mark.Interned:
        return r.text();
      case Mark.List:
        return this.readList(r, dressed);
      case Mark.Tuple:
        return this.readHandle(r, dressed);
      case Mark.Dict:
        return this.readDict(r, dressed);
      default:
        throw broken(`unknown type ${mark}`);
    }
  }

  private readList(r: MarshalReader, dressed: boolean): PythonTable {
    const list: ScriptValue[] = [];
    for (let left = r.int32(); left > 0; left--) list.push(this.read(r, dressed));
    return new PythonTable(list);
  }

  private readDict(r: MarshalReader, dressed: boolean): PythonTable {
    const map = new Map<ScriptValue, ScriptValue>();
    while (r.peek() !== Mark.Null) {
      const key = this.read(r, dressed);
      map.set(key, this.read(r, dressed));
    }
    r.mark();
    return new PythonTable(map);
  }

  /** What crosses as a tuple is a handle: sequences of scripts are sent as lists. */
  private readHandle(r: MarshalReader, dressed: boolean): ScriptValue {
    r.int32();
    if (!dressed) throw broken('a tuple where a plain value belongs');
    const kind = r.smallInt();
    const number = r.smallInt();
    return kind === Handle.Function ? this.functions.receive(number, r.textOrNull() ?? '') : this.objects.get(number);
  }
}
