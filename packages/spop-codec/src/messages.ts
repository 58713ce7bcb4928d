import { type Cursor, need, type Writer } from './cursor.js';
import { SpopError } from './errors.js';
import { type KvEntry, readKvEntry, writeKvList } from './kv-list.js';
import { readName, writeLatin1 } from './name.js';
import type { NameCache } from './name-cache.js';
import { writeTag } from './typed-data.js';

/** A message of a NOTIFY frame (SPOE.txt 3.2.6). `args` is a list: names may repeat and may be empty. */
export interface Message {
  readonly name: string;
  readonly args: readonly KvEntry[];
}

/** NB-ARGS is one byte. */
export const MAX_MESSAGE_ARGS = 255;

/**
 * Reads messages up to the cursor's end; values are views as in `readTypedData`.
 * HAProxy writes only the low byte of a count above 255, and what follows is then garbage: whatever it decodes to,
 * the reads stay inside the cursor (spop.md 1.4). `names` saves building the same names for every frame.
 * Throws SPOP_ERR_TRUNCATED, SPOP_ERR_VARINT.
 */
export function readMessages(c: Cursor, names?: NameCache): Message[] {
  const messages: Message[] = [];
  while (c.at < c.end) {
    const name = names === undefined ? readName(c) : names.read(c);
    need(c, 1);
    const count = c.bytes[c.at++]!;
    const args: KvEntry[] = [];
    for (let i = 0; i < count; i++) args.push(readKvEntry(c, names));
    messages.push({ name, args });
  }
  return messages;
}

/** Writes messages in their order. Throws SPOP_ERR_VALUE (also for more than 255 args), SPOP_ERR_FRAME_TOO_BIG. */
export function writeMessages(w: Writer, messages: readonly Message[]): void {
  for (const { name, args } of messages) {
    if (args.length > MAX_MESSAGE_ARGS) {
      const message = `Cannot encode message with ${args.length} args: at most ${MAX_MESSAGE_ARGS} can be counted`;
      throw new SpopError('SPOP_ERR_VALUE', message, { offset: w.at });
    }
    writeLatin1(w, name);
    writeTag(w, args.length);
    writeKvList(w, args);
  }
}
