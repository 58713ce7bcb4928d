import type { Cursor, Writer } from './cursor.js';
import { readName, writeLatin1 } from './name.js';
import type { NameCache } from './name-cache.js';
import { readTypedData, type TypedData, writeTypedData } from './typed-data.js';

/** One named value: a key of a HELLO or DISCONNECT frame, or an argument of a message. The name is latin1. */
export interface KvEntry {
  readonly name: string;
  readonly value: TypedData;
}

/** Reads name + typed data, repeated up to the cursor's end; order and duplicates are kept (SPOE.txt 3.1). */
export function readKvList(c: Cursor): KvEntry[] {
  const entries: KvEntry[] = [];
  while (c.at < c.end) entries.push(readKvEntry(c));
  return entries;
}

/** Reads one name + typed data; `names` saves building a name that was seen before. */
export function readKvEntry(c: Cursor, names?: NameCache): KvEntry {
  return { name: names === undefined ? readName(c) : names.read(c), value: readTypedData(c) };
}

/** Writes entries in their order. Throws SPOP_ERR_VALUE, SPOP_ERR_FRAME_TOO_BIG. */
export function writeKvList(w: Writer, entries: readonly KvEntry[]): void {
  for (const { name, value } of entries) {
    writeLatin1(w, name);
    writeTypedData(w, value);
  }
}
