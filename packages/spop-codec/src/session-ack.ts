import { ActionType } from './constants.js';
import { Cursor, need } from './cursor.js';
import { SpopError } from './errors.js';
import { skipTypedData } from './typed-data.js';
import { readLength } from './varint.js';

/**
 * Where to cut the encoded actions `bytes[at..end)` so that at most `room` bytes remain: behind the last whole action
 * that fits, counted from the first (spop.md 2.5). Bytes that are no action end the walk.
 */
export function wholeActionsEnd(bytes: Uint8Array, at: number, end: number, room: number): number {
  const c = new Cursor(bytes, at, end);
  let cut = at;
  try {
    while (c.at < end) {
      need(c, 3);
      const type = bytes[c.at]!;
      c.at += 3;
      const nameBytes = readLength(c);
      c.at += nameBytes;
      if (type === ActionType.SET_VAR) skipTypedData(c);
      if (c.at - at > room) break;
      cut = c.at;
    }
  } catch (error) {
    if (!(error instanceof SpopError)) throw error;
  }
  return cut;
}
