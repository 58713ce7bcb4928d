/** Kind of one argument in {@link NamedArguments}. */
export const ArgumentKind = {
  Null: 0,
  False: 1,
  True: 2,
  /** `integers[i]` holds it: number when safe, bigint beyond +-(2^53 - 1). */
  Integer: 3,
  /** 4 bytes at `starts[i]`. */
  Ipv4: 4,
  /** 16 bytes at `starts[i]`. */
  Ipv6: 5,
  /** Text of unknown charset: `bytes` from `starts[i]` to `ends[i]`. */
  String: 6,
  /** Binary: `bytes` from `starts[i]` to `ends[i]`. */
  Bytes: 7,
} as const;

export type ArgumentKind = (typeof ArgumentKind)[keyof typeof ArgumentKind];

/**
 * A list of named, typed arguments for one call, as columns over the bytes they were found in. Filled anew for every
 * call; an engine builds its own values from it (Lua tables, marshal for Python) before the call returns. Names may
 * repeat and may be empty; they are byte strings.
 */
export class NamedArguments {
  count = 0;
  bytes: Uint8Array = new Uint8Array(0);
  readonly names: string[] = [];
  readonly kinds: ArgumentKind[] = [];
  readonly integers: (number | bigint)[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** Empties the list; `bytes` is where the values of the next call live. */
  reset(bytes: Uint8Array): void {
    this.count = 0;
    this.bytes = bytes;
  }

  /** Appends one argument. */
  add(name: string, kind: ArgumentKind, integer: number | bigint, start: number, end: number): void {
    const i = this.count++;
    this.names[i] = name;
    this.kinds[i] = kind;
    this.integers[i] = integer;
    this.starts[i] = start;
    this.ends[i] = end;
  }
}
