/**
 * The neutral values that cross between the host and a script. A language presents each in its own manners.
 *
 * | neutral | Lua | Python |
 * |---|---|---|
 * | `undefined`, `null` | nil | None |
 * | boolean | boolean | bool |
 * | number, bigint | number (a wide integer stays exact, see each engine) | int, float |
 * | string: a *byte string*, char codes 0..255 | string | str (UTF-8, surrogateescape) |
 * | Uint8Array | string | bytes |
 * | array | table 1..n | list |
 * | Map | table | dict |
 * | {@link ScriptFunction} | function | callable |
 * | {@link HostObject} | userdata | object |
 * | {@link CoroutineObject} | thread | - |
 *
 * Towards the host a Lua table arrives as a {@link ScriptTable}: the host decides whether it is a list or a map.
 */
export type ScriptValue =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly ScriptValue[]
  | ReadonlyMap<ScriptValue, ScriptValue>
  | ScriptFunction
  | ScriptTable
  | HostObject;

/** A function of a script, held by the host. Call it through the engine that made it. */
export abstract class ScriptFunction {
  /** Where it is defined, `file:line`, for messages; empty when unknown. */
  abstract readonly where: string;
}

/** A live view of a script's table (Lua) or mapping the host wants to look into without converting all of it. */
export abstract class ScriptTable {
  /** What it is in a language that tells lists from maps; absent where a table is both (Lua). */
  readonly shape?: 'list' | 'map';
  abstract get(key: string | number): ScriptValue;
  abstract set(key: string | number, value: ScriptValue): void;
  /** Border of the array part, 0 when there is none. */
  abstract readonly length: number;
  /** All pairs, in the language's own order. */
  abstract entries(): Iterable<readonly [ScriptValue, ScriptValue]>;
}

/** Several results of one host function (`return false, "text"`). */
export class Results {
  readonly values: readonly ScriptValue[];
  constructor(...values: readonly ScriptValue[]) {
    this.values = values;
  }
}

/** What a host function gives back: nothing, one value, {@link Results}, or a promise of these when it has to wait. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a result is ordinary
export type HostResult = ScriptValue | Results | void;

/**
 * A function the host gives to scripts. Missing arguments are `undefined`; `args.length` is what the script passed.
 * Throw any Error to raise an error at the script's line; {@link HostError} keeps its text as it is.
 */
export type HostFunction = ((...args: ScriptValue[]) => HostResult | Promise<HostResult>) & {
  /** The same work done while the thread waits, for callers that cannot be suspended. */
  blocking?: (...args: ScriptValue[]) => HostResult;
  /**
   * Nobody waits for what it does: an engine whose scripts live behind a border may collect its calls and make them
   * later, in order, `host.current` set to the call that made them; what it throws then becomes the fault of that call.
   * Arguments are null, booleans, numbers, strings and bytes (bytes are only valid during the call). A prelude in the
   * language checks them in time to raise errors at the script's line. It may defer calls of any other function, too,
   * also with lists and maps of such values; what that returns is lost.
   */
  deferred?: boolean;
};

/** An error a host function raises in the script. The engine puts the script's position in front of the text. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/** Behaviour of one kind of {@link HostObject}. Every member is optional but `name`. */
export interface HostObjectClass<T = unknown> {
  /** Type name for messages: `bad argument #1 (nljson expected)`. */
  readonly name: string;
  /** Methods, found before `index`; called with the object itself as first argument. */
  readonly methods?: Readonly<Record<string, HostFunction>>;
  index?(self: T, key: ScriptValue): ScriptValue;
  newIndex?(self: T, key: ScriptValue, value: ScriptValue): void;
  toText?(self: T): string;
  length?(self: T): number;
  equals?(a: T, b: T): boolean;
  /** Pairs for iteration (`pairs` in Lua 5.2+ manners, `for` in Python). */
  entries?(self: T): Iterable<readonly [ScriptValue, ScriptValue]>;
}

/** An opaque object of the host inside a script: userdata in Lua. */
export class HostObject<T = unknown> {
  readonly class: HostObjectClass<T>;
  readonly value: T;
  /** What the first engine that showed it made of it, so that it stays the same object to its scripts. */
  shown: unknown = undefined;
  /** That engine's own mark. */
  shownBy: object | undefined = undefined;
  constructor(cls: HostObjectClass<T>, value: T) {
    this.class = cls;
    this.value = value;
  }
}

const COROUTINE: HostObjectClass<undefined> = { name: 'thread' };

/** A coroutine of a Lua script: nothing the host can look into or use; back in the script it is the coroutine it was. */
export class CoroutineObject extends HostObject<undefined> {
  constructor() {
    super(COROUTINE, undefined);
  }
}

/** Constants of a module; nesting is kept in Lua (`spoa.scope.txn`) and joined by `_` in Python (`spoa.scope_txn`). */
export interface HostConstants {
  readonly [name: string]: string | number | boolean | HostConstants;
}

/** A module scripts can use: a global table in Lua (also through `require`), an importable module in Python. */
export interface HostModule {
  readonly name: string;
  readonly functions: Readonly<Record<string, HostFunction>>;
  readonly constants?: HostConstants;
  /**
   * `colon`: Lua scripts call `m:f(x)`; the first argument is dropped before the host function sees the rest
   * (it is counted: called with a dot, the first real argument is lost, as in LAppS). Default `dot`.
   */
  readonly style?: 'dot' | 'colon';
  /** Dressing written in the language itself, by language name; run once after the module is defined. */
  readonly preludes?: Readonly<Record<string, { readonly name: string; readonly source: string }>>;
}
