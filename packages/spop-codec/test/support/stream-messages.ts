import { DataType, type KvEntry, type Message, type MessageReader, type TypedData } from '../../src/index.js';

const TYPES = ['null', 'bool', 'int32', 'uint32', 'int64', 'uint64', 'ipv4', 'ipv6', 'string', 'binary'] as const;

/** Collects what the streaming reader walks over into the objects `readMessages` makes. */
export function streamMessages(
  reader: MessageReader,
  bytes: Uint8Array,
  at = 0,
  end: number = bytes.length,
): Message[] {
  reader.reset(bytes, at, end);
  const messages: Message[] = [];
  while (reader.nextMessage()) {
    const name = reader.messageName;
    const args: KvEntry[] = [];
    while (reader.nextArg()) args.push({ name: reader.argName, value: currentValue(reader) });
    messages.push({ name, args });
  }
  return messages;
}

function currentValue(reader: MessageReader): TypedData {
  const type = TYPES[reader.argType];
  if (reader.argType === DataType.NULL) return { type: 'null' };
  if (reader.argType === DataType.BOOL) return { type: 'bool', value: reader.bool };
  if (reader.argType <= DataType.UINT64) return { type, value: reader.integer() } as TypedData;
  return { type, value: reader.bytes.subarray(reader.valueAt, reader.valueEnd) } as TypedData;
}
