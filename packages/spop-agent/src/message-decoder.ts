import { DataType, type KvEntry, type Message, MessageReader, type TypedData } from '@offload/spop-codec';

const NULL: TypedData = { type: 'null' };
const TRUE: TypedData = { type: 'bool', value: true };
const FALSE: TypedData = { type: 'bool', value: false };

/**
 * Turns NOTIFY payloads into messages. As `readMessages` of the codec, but names that come again and again are not
 * built again. Byte arrays in the result are views into `bytes`.
 */
export class MessageDecoder {
  private readonly reader = new MessageReader();

  /** Throws SPOP_ERR_TRUNCATED, SPOP_ERR_VARINT. */
  decode(bytes: Uint8Array, at: number, end: number): Message[] {
    const { reader } = this;
    reader.reset(bytes, at, end);
    if (!reader.nextMessage()) return [];
    const messages = [readMessage(reader)];
    while (reader.nextMessage()) messages.push(readMessage(reader));
    return messages;
  }
}

function readMessage(reader: MessageReader): Message {
  const name = reader.messageName;
  const args: KvEntry[] = [];
  while (reader.nextArg()) args.push({ name: reader.argName, value: valueUnder(reader) });
  return { name, args };
}

function valueUnder(reader: MessageReader): TypedData {
  switch (reader.argType) {
    case DataType.BOOL:
      return reader.bool ? TRUE : FALSE;
    case DataType.INT32:
      return { type: 'int32', value: reader.lo | 0 };
    case DataType.UINT32:
      return { type: 'uint32', value: reader.lo };
    case DataType.INT64:
      return { type: 'int64', value: reader.integer() };
    case DataType.UINT64:
      return { type: 'uint64', value: reader.integer() };
    case DataType.IPV4:
      return { type: 'ipv4', value: bytesOf(reader) };
    case DataType.IPV6:
      return { type: 'ipv6', value: bytesOf(reader) };
    case DataType.STRING:
      return { type: 'string', value: bytesOf(reader) };
    case DataType.BINARY:
      return { type: 'binary', value: bytesOf(reader) };
    default:
      return NULL;
  }
}

function bytesOf(reader: MessageReader): Uint8Array {
  const { bytes, valueAt } = reader;
  // Cheaper than subarray(), and a plain Uint8Array even where `bytes` is a Buffer.
  return new Uint8Array(bytes.buffer, bytes.byteOffset + valueAt, reader.valueEnd - valueAt);
}
