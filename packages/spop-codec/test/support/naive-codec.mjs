// A second SPOP codec, written from the text for obviousness alone: every integer a bigint, every position passed along,
// every array copied. The tests hold the fast codec against it, the benchmark measures how much the care buys.

/** spop.md 1.2, word for word. */
export function naiveReadVarint(bytes, at = 0) {
  const start = at;
  let value = BigInt(byteAt(bytes, at++));
  if (value >= 240n) {
    for (let shift = 4n, more = true; more; shift += 7n) {
      if (at - start === 10) throw new Error('varint of more than 10 bytes');
      const b = byteAt(bytes, at++);
      value += BigInt(b) << shift;
      more = b >= 128;
    }
  }
  if (value >= 1n << 64n) throw new Error('varint above 64 bits');
  return { value, length: at - start };
}

export function naiveWriteVarint(value) {
  if (value < 240n) return [Number(value)];
  const bytes = [Number(value % 16n) | 0xf0];
  let rest = (value - 240n) >> 4n;
  while (rest >= 128n) {
    bytes.push(Number(rest % 128n) | 0x80);
    rest = (rest - 128n) >> 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}

function byteAt(bytes, at) {
  if (at >= bytes.length) throw new Error(`no byte at ${at}`);
  return bytes[at];
}

function slice(bytes, at, length) {
  if (BigInt(length) > BigInt(bytes.length - at)) throw new Error(`no ${length} bytes at ${at}`);
  return Uint8Array.from(bytes.slice(at, at + Number(length)));
}

function narrow(value) {
  return value >= -(2n ** 53n) + 1n && value <= 2n ** 53n - 1n ? Number(value) : value;
}

function readBytes(bytes, at) {
  const { value, length } = naiveReadVarint(bytes, at);
  const data = slice(bytes, at + length, value);
  return { data, at: at + length + data.length };
}

function readText(bytes, at) {
  const { data, at: next } = readBytes(bytes, at);
  return { text: [...data].map((b) => String.fromCharCode(b)).join(''), at: next };
}

function readValue(bytes, at) {
  const tag = byteAt(bytes, at++);
  const type = tag % 16;
  if (type === 1) return { value: { type: 'bool', value: tag === 0x11 }, at };
  if (type >= 2 && type <= 5) {
    const { value, length } = naiveReadVarint(bytes, at);
    const value2 = [
      ['int32', Number(BigInt.asIntN(32, value))],
      ['uint32', Number(BigInt.asUintN(32, value))],
      ['int64', narrow(BigInt.asIntN(64, value))],
      ['uint64', narrow(value)],
    ][type - 2];
    return { value: { type: value2[0], value: value2[1] }, at: at + length };
  }
  if (type === 6) return { value: { type: 'ipv4', value: slice(bytes, at, 4) }, at: at + 4 };
  if (type === 7) return { value: { type: 'ipv6', value: slice(bytes, at, 16) }, at: at + 16 };
  if (type === 8 || type === 9) {
    const { data, at: next } = readBytes(bytes, at);
    return { value: { type: tag === 8 ? 'string' : 'binary', value: data }, at: next };
  }
  return { value: { type: 'null' }, at };
}

function readEntry(bytes, at) {
  const name = readText(bytes, at);
  const value = readValue(bytes, name.at);
  return { entry: { name: name.text, value: value.value }, at: value.at };
}

function readEntries(bytes) {
  const entries = [];
  for (let at = 0; at < bytes.length; ) {
    const read = readEntry(bytes, at);
    entries.push(read.entry);
    at = read.at;
  }
  return entries;
}

function readMessages(bytes) {
  const messages = [];
  for (let at = 0; at < bytes.length; ) {
    const name = readText(bytes, at);
    const count = byteAt(bytes, name.at);
    at = name.at + 1;
    const args = [];
    for (let i = 0; i < count; i++) {
      const read = readEntry(bytes, at);
      args.push(read.entry);
      at = read.at;
    }
    messages.push({ name: name.text, args });
  }
  return messages;
}

function readAction(bytes, at) {
  const [type, count, scope] = [byteAt(bytes, at), byteAt(bytes, at + 1), byteAt(bytes, at + 2)];
  if (scope > 4 || !((type === 1 && count === 3) || (type === 2 && count === 2))) throw new Error('no action');
  const name = readText(bytes, at + 3);
  if (type === 2) return { action: { type: 'unset-var', scope, name: name.text }, at: name.at };
  const value = readValue(bytes, name.at);
  return { action: { type: 'set-var', scope, name: name.text, value: value.value }, at: value.at };
}

function readActions(bytes) {
  const actions = [];
  let at = 0;
  try {
    while (at < bytes.length) {
      const read = readAction(bytes, at);
      actions.push(read.action);
      at = read.at;
    }
  } catch {
    // HAProxy keeps what came before.
  }
  return { actions, unparsed: Uint8Array.from(bytes.slice(at)) };
}

const KV_TYPES = { 1: 'haproxy-hello', 2: 'haproxy-disconnect', 101: 'agent-hello', 102: 'agent-disconnect' };

export function naiveDecodeFrame(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0);
  if (length < 7 || length !== bytes.length - 4) throw new Error(`length ${length}`);
  const flags = view.getUint32(5);
  const [fin, abort] = [flags % 2 === 1, flags % 4 >= 2];
  const stream = naiveReadVarint(bytes, 9);
  const frame = naiveReadVarint(bytes, 9 + stream.length);
  const ids = { streamId: narrow(stream.value), frameId: narrow(frame.value) };
  const payload = slice(bytes, 9 + stream.length + frame.length, bytes.length - 9 - stream.length - frame.length);
  const type = bytes[4];
  if (type in KV_TYPES) {
    if (!fin || ids.streamId !== 0 || ids.frameId !== 0) throw new Error('head of a KV frame');
    return { type: KV_TYPES[type], entries: readEntries(payload) };
  }
  if (type === 3 && fin && !abort) return { type: 'notify', ...ids, messages: readMessages(payload) };
  if (type === 0 || type === 3) {
    return { type: type === 0 ? 'unset' : 'notify-fragment', ...ids, fin, abort, payload };
  }
  if (type === 103 && fin) return { type: 'ack', ...ids, abort, ...readActions(payload) };
  throw new Error(`type ${type}`);
}

function textBytes(text) {
  return [...naiveWriteVarint(BigInt(text.length)), ...[...text].map((c) => c.charCodeAt(0))];
}

function valueBytes(data) {
  const tags = { int32: 2, uint32: 3, int64: 4, uint64: 5, ipv4: 6, ipv6: 7, string: 8, binary: 9 };
  if (data.type === 'null') return [0];
  if (data.type === 'bool') return [data.value ? 0x11 : 0x01];
  const tag = tags[data.type];
  if (tag <= 5) return [tag, ...naiveWriteVarint(BigInt.asUintN(64, BigInt(data.value)))];
  if (tag <= 7) return [tag, ...data.value];
  return [tag, ...naiveWriteVarint(BigInt(data.value.length)), ...data.value];
}

function payloadBytes(frame) {
  const entryBytes = ({ name, value }) => [...textBytes(name), ...valueBytes(value)];
  if (frame.type === 'notify') {
    return frame.messages.flatMap(({ name, args }) => [...textBytes(name), args.length, ...args.flatMap(entryBytes)]);
  }
  if (frame.type === 'ack') {
    const actions = frame.actions.flatMap((action) =>
      action.type === 'set-var'
        ? [1, 3, action.scope, ...textBytes(action.name), ...valueBytes(action.value)]
        : [2, 2, action.scope, ...textBytes(action.name)],
    );
    return [...actions, ...frame.unparsed];
  }
  return 'payload' in frame ? [...frame.payload] : frame.entries.flatMap(entryBytes);
}

export function naiveEncodeFrame(frame) {
  const kv = Object.entries(KV_TYPES).find(([, name]) => name === frame.type);
  const type = kv ? Number(kv[0]) : { unset: 0, notify: 3, 'notify-fragment': 3, ack: 103 }[frame.type];
  const fin = 'fin' in frame ? frame.fin : true;
  const body = [
    type,
    ...[0, 0, 0, (fin ? 1 : 0) + (frame.abort ? 2 : 0)],
    ...naiveWriteVarint(BigInt(frame.streamId ?? 0)),
    ...naiveWriteVarint(BigInt(frame.frameId ?? 0)),
    ...payloadBytes(frame),
  ];
  const bytes = new Uint8Array(4 + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(body, 4);
  return bytes;
}
