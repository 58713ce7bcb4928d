import { readFileSync } from 'node:fs';
import type { Frame, TypedData } from '../../src/index.js';
import { fromHex } from './hex.js';

export interface Vector<T> {
  readonly name: string;
  readonly section: string;
  readonly hex: string;
  readonly value: T;
  readonly origin: string;
}

function load<T>(file: string): T[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'));
}

interface RawData {
  readonly type: TypedData['type'];
  readonly value?: boolean | number | string;
}

/** In the files bytes are hex and integers past 2^53-1 are decimal text. */
function reviveData(raw: RawData): TypedData {
  const { type, value } = raw;
  if (typeof value !== 'string') return raw as TypedData;
  return { type, value: type === 'int64' || type === 'uint64' ? BigInt(value) : fromHex(value) } as TypedData;
}

function reviveFrame(key: string, value: unknown): unknown {
  if (key === 'payload' || key === 'unparsed') return fromHex(value as string);
  // A typed value and a named value both sit under "value"; only the first has a type of data.
  if (key === 'value' && typeof value === 'object' && value !== null && 'type' in value) {
    return reviveData(value as RawData);
  }
  return value;
}

/** Whole frames of spop.md 5. */
export const frameVectors: Vector<Frame>[] = load<Vector<unknown>>('spop.json').map((row) => ({
  ...row,
  value: JSON.parse(JSON.stringify(row.value), reviveFrame) as Frame,
}));

export const varintVectors: Vector<bigint>[] = load<Vector<string>>('varint.json').map((row) => ({
  ...row,
  value: BigInt(row.value),
}));

/** `canonical` rows are also what the encoder writes. */
export const dataVectors: (Vector<TypedData> & { canonical: boolean })[] = load<
  Vector<RawData> & { canonical: boolean }
>('typed-data.json').map((row) => ({ ...row, value: reviveData(row.value) }));
