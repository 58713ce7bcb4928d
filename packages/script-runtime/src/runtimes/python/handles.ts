import { ScriptFunction, ScriptTable, type ScriptValue } from '../../value.js';
import { readable } from './host-functions.js';

/** A function of a script, held by the interpreter under a number. */
export class PythonFunction extends ScriptFunction {
  readonly owner: object;
  readonly number: number;
  readonly where: string;
  /** Which interpreter, counted from 0, it came from. */
  readonly generation: number;

  constructor(owner: object, number: number, where: string, generation: number) {
    super();
    this.owner = owner;
    this.number = number;
    this.where = where;
    this.generation = generation;
  }
}

/**
 * A list or dict of a script as it was when it crossed: a copy. As everywhere on this side lists count from 1. What is
 * changed here is seen when the table is handed to a script again.
 */
export class PythonTable extends ScriptTable {
  /** `list` or `map`; an empty Python container still knows. */
  override readonly shape: 'list' | 'map';
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

/** Numbers below are given while scripts load and mean the same in every interpreter that loads the same scripts. */
const RUN_TIME = 1 << 24;

interface Known {
  readonly fn: WeakRef<PythonFunction>;
  /** How often its handle came. */
  received: number;
}

/** Functions the host holds; those it has lost are told to the interpreter, which may then forget them, too. */
export class FunctionHandles {
  private readonly owner: object;
  private readonly known = new Map<number, Known>();
  /** What scripts registered is never lost. */
  private readonly kept: PythonFunction[] = [];
  private readonly lost: { readonly number: number; readonly received: number }[] = [];
  private readonly registry = new FinalizationRegistry<Known & { readonly number: number }>((entry) => {
    // A successor under the same number may be alive.
    if (this.known.get(entry.number) !== entry) return;
    this.known.delete(entry.number);
    this.lost.push(entry);
  });
  private generation = 0;

  constructor(owner: object) {
    this.owner = owner;
  }

  /** The function of a handle that was received. */
  receive(number: number, where: string): PythonFunction {
    const entry = this.known.get(number);
    const present = entry?.fn.deref();
    if (entry !== undefined && present !== undefined) {
      entry.received++;
      return present;
    }
    const fn = new PythonFunction(this.owner, number, readable(where), this.generation);
    const next = { number, fn: new WeakRef(fn), received: (entry?.received ?? 0) + 1 };
    this.known.set(number, next);
    if (number < RUN_TIME) this.kept.push(fn);
    else this.registry.register(fn, next);
    return fn;
  }

  /** True when the present interpreter has this function. */
  isCurrent(fn: PythonFunction): boolean {
    return fn.generation === this.generation || fn.number < RUN_TIME;
  }

  get hasLost(): boolean {
    return this.lost.length > 0;
  }

  takeLost(): readonly { readonly number: number; readonly received: number }[] {
    return this.lost.splice(0);
  }

  /** A new interpreter takes the place of the present one. */
  restart(): void {
    this.generation++;
    this.lost.length = 0;
    for (const number of [...this.known.keys()]) if (number >= RUN_TIME) this.known.delete(number);
  }
}
