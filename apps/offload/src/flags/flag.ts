import type { LeafKind } from '../config-text.js';

/** The flag of one key of the configuration. */
export interface Flag<Kind extends LeafKind = LeafKind> {
  /** Without the dashes. */
  readonly name: string;
  readonly alias?: string;
  readonly kind: Kind;
  /** A list of words: commas separate, too. Paths and addresses are only repeated. */
  readonly words?: true;
  /** Name of the value in the help text. */
  readonly value?: string;
  readonly describe: string;
  /** The default as the help text shows it. A test compares it with the configuration's. */
  readonly default?: string;
}

type KindOf<Value> = Value extends readonly unknown[]
  ? 'list'
  : Value extends boolean
    ? 'boolean'
    : number extends Value
      ? 'number'
      : Extract<Value, number> extends never
        ? 'text'
        : 'number';

/** A table with keys of its own choosing and a section that may be missing count as one key. */
type IsSection<Value> = undefined extends Value
  ? false
  : Value extends readonly unknown[]
    ? false
    : Value extends object
      ? string extends keyof Value
        ? false
        : true
      : false;

type LeafPath<Section> = {
  [Key in keyof Section & string]: IsSection<Section[Key]> extends true ? `${Key}.${LeafPath<Section[Key]>}` : Key;
}[keyof Section & string];

type ValueAt<Section, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? ValueAt<Section[Head & keyof Section], Rest>
  : Section[Path & keyof Section];

/**
 * A flag of the right kind for every key of `Section`, or a `null` that says on purpose that it has none. A key that is
 * added to the configuration and forgotten here does not compile.
 */
export type FlagsFor<Section, Prefix extends string = ''> = {
  readonly [Path in LeafPath<Section> as `${Prefix}${Path}`]: Flag<KindOf<ValueAt<Section, Path>>> | null;
};
