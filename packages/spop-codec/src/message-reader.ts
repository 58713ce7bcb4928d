import { BOOL_TRUE, DataType } from './constants.js';
import { Cursor, need } from './cursor.js';
import { NameCache } from './name-cache.js';
import { IPV4_BYTES, IPV6_BYTES } from './typed-data.js';
import { readLength, readVarintWords, signedFromWords, unsignedFromWords } from './varint.js';

/**
 * Walks the messages of a NOTIFY payload without making an object per value: the fields describe the message and the
 * argument the reader stands on. Agrees with `readMessages` on every input. One reader serves any number of payloads.
 *
 * ```ts
 * const reader = new MessageReader();
 * reader.reset(bytes, at, end);
 * while (reader.nextMessage()) while (reader.nextArg()) use(reader.messageName, reader.argName, reader.argType);
 * ```
 */
export class MessageReader {
  /** Name of the current message, one character per byte. */
  messageName = '';
  /** Arguments the current message states: 0..255. */
  argCount = 0;
  /** Name of the current argument, possibly empty. */
  argName = '';
  /** Type after the rules of spop.md 1.3: a string with flags is BINARY, types 10..15 are NULL. */
  argType: DataType = DataType.NULL;
  /** `bytes[valueAt..valueEnd)` is the value of IPV4, IPV6, STRING and BINARY; empty for the other types. */
  valueAt = 0;
  valueEnd = 0;
  /** Value of BOOL. */
  bool = false;
  /** Unsigned 32-bit halves of an integer's varint. */
  hi = 0;
  lo = 0;

  private readonly cursor = new Cursor(new Uint8Array(0));
  private readonly names: NameCache;
  private argsLeft = 0;

  constructor(names: NameCache = new NameCache()) {
    this.names = names;
  }

  /** The bytes that `valueAt` and `valueEnd` index. */
  get bytes(): Uint8Array {
    return this.cursor.bytes;
  }

  /** Starts over on the payload `bytes[at..end)`. */
  reset(bytes: Uint8Array, at = 0, end: number = bytes.length): void {
    this.cursor.reset(bytes, at, end);
    this.argsLeft = 0;
  }

  /** Moves to the next message, past any unread arguments; false at the end. Throws as `readMessages`. */
  nextMessage(): boolean {
    while (this.argsLeft > 0) this.nextArg();
    const c = this.cursor;
    if (c.at >= c.end) return false;
    this.messageName = this.names.read(c);
    need(c, 1);
    this.argCount = c.bytes[c.at++]!;
    this.argsLeft = this.argCount;
    return true;
  }

  /** Moves to the next argument of this message; false after the last. Throws as `readMessages`. */
  nextArg(): boolean {
    if (this.argsLeft === 0) return false;
    this.argsLeft--;
    const c = this.cursor;
    this.argName = this.names.read(c);
    need(c, 1);
    const tag = c.bytes[c.at++]!;
    const type = tag & 15;
    let length = 0;
    switch (type) {
      case DataType.BOOL:
        this.bool = tag === BOOL_TRUE;
        break;
      case DataType.INT32:
      case DataType.UINT32:
      case DataType.INT64:
      case DataType.UINT64:
        readVarintWords(c);
        this.hi = c.hi;
        this.lo = c.lo;
        break;
      case DataType.IPV4:
        length = IPV4_BYTES;
        break;
      case DataType.IPV6:
        length = IPV6_BYTES;
        break;
      case DataType.STRING:
      case DataType.BINARY:
        length = readLength(c);
        break;
    }
    if (length > 0) need(c, length);
    this.valueAt = c.at;
    c.at += length;
    this.valueEnd = c.at;
    this.argType = (
      type > DataType.BINARY
        ? DataType.NULL
        : type === DataType.STRING && tag !== DataType.STRING
          ? DataType.BINARY
          : type
    ) as DataType;
    return true;
  }

  /** Value of the current INT32, UINT32, INT64 or UINT64: a number within +-(2^53-1), a bigint beyond. */
  integer(): number | bigint {
    switch (this.argType) {
      case DataType.INT32:
        return this.lo | 0;
      case DataType.UINT32:
        return this.lo;
      case DataType.UINT64:
        return unsignedFromWords(this.hi, this.lo);
      default:
        return signedFromWords(this.hi, this.lo);
    }
  }
}
