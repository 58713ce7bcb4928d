import { ScriptFunction, ScriptTable, type ScriptValue } from '../../value.js';

/** A function of a script, held by the interpreter under a number. */
export class PythonFunction extends ScriptFunction {
  readonly owner: object;
  readonly number: number;
  readonly where: string;

  constructor(owner: object, number: number, where: string) {
    super();
    this.owner = owner;
    this.number = number;
    this.where = where;
  }
}

/**
 * A list or dict of a script as it was when it crossed: a copy. As everywhere on this side lists count from 1. What is
 * changed here is seen when the table is handed to a script again.
 */
export class PythonTable extends ScriptTable {
  /** `list` or `map`; an empty Python container still knows. */
  readonly shape: 'list' | 'map';
  readonly list: ScriptValue[];
  readonly map: Map<ScriptValue, ScriptValue>;

  constructor(content: ScriptValue[] | Map<ScriptValue, ScriptValue>) {
    super();
    const isList = Array.isArray(content);
    this.shape = isList ? 'list' : 'map';
    this.list = isList ? content : [];
    this.map = isList ? new Map() : content;
  }

  get(key: string | number): ScriptValue {
    if (this.shape === 'list') return typeof key === 'number' ? (this.list[key - 1] ?? null) : null;
    return this.map.get(key) ?? null;
  }

  set(key: string | number, value: ScriptValue): void {
    if (this.shape === 'map') this.map.set(key, value);
    else if (typeof key === 'number' && key >= 1 && key <= this.list.length + 1) this.list[key - 1] = value;
    else throw new RangeError(`Cannot set ${key}: the list has ${this.list.length} items`);
  }

  get length(): number {
    return this.list.length;
  }

  entries(): Iterable<readonly [ScriptValue, ScriptValue]> {
    return this.shape === 'map' ? [...this.map] : this.list.map((value, i) => [i + 1, value] as const);
  }
}

/** Functions the host has lost: told to the interpreter, which may then forget them, too. */
export class FunctionHandles {
  private readonly known = new Map<number, { readonly fn: WeakRef<PythonFunction>; received: number }>();
  private readonly lost: { readonly number: number; readonly received: number }[] = [];
  private readonly registry = new FinalizationRegistry<number>((number) => {
    const entry = this.known.get(number);
    // A successor under the same number may be alive.
    if (entry === undefined || entry.fn.deref() !== undefined) return;
    this.known.delete(number);
    this.lost.push({ number, received: entry.received });
    this.onLost();
  });
  private readonly owner: object;
  private readonly onLost: () => void;

  constructor(owner: object, onLost: () => void) {
    this.owner = owner;
    this.onLost = onLost;
  }

  /** The function of a handle that was received. */
  receive(number: number, where: string): PythonFunction {
    const entry = this.known.get(number);
    const known = entry?.fn.deref();
    if (entry !== undefined && known !== undefined) {
      entry.received++;
      return known;
    }
    const fn = new PythonFunction(this.owner, number, where);
    this.known.set(number, { fn: new WeakRef(fn), received: (entry?.received ?? 0) + 1 });
    this.registry.register(fn, number);
    return fn;
  }

  takeLost(): readonly { readonly number: number; readonly received: number }[] {
    return this.lost.splice(0);
  }

  /** Forgets every function with a number from `first` up: their interpreter is gone. */
  forget(): void {
    this.known.clear();
    this.lost.length = 0;
  }
}
