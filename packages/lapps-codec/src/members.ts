/** A map of whatever class, as far as the rules of LAppS look into it. */
export interface Members {
  /** The member's value, undefined when there is none. */
  get(name: string): unknown;
}

/** Whether a value is a map. No other decoded value has methods of its own choosing, so having `get` is enough. */
export const isMembers = (value: unknown): value is Members =>
  value instanceof Map || (typeof value === 'object' && typeof (value as Partial<Members> | null)?.get === 'function');

/** Numeric as LAppS means it: any CBOR number, never a boolean. */
export const isNumeric = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';
