// Measures the codec's hot path per CPU-second: one NOTIFY of five arguments decoded, one ACK with one set-var encoded.
// Build first, then: node packages/spop-codec/bench/codec.mjs
import os from 'node:os';
import {
  beginFrame,
  Cursor,
  DataType,
  decodeFrame,
  encodeFrame,
  endFrame,
  FrameFlag,
  FrameHeader,
  FrameSplitter,
  FrameType,
  MessageReader,
  readFrameHeader,
  Scope,
  Writer,
  writeSetVarInt,
} from '@offload/spop-codec';
import { naiveDecodeFrame, naiveEncodeFrame } from '../test/support/naive-codec.mjs';

const utf8 = new TextEncoder();
const text = (value) => ({ type: 'string', value: utf8.encode(value) });
const notify = (streamId) => ({
  type: 'notify',
  streamId,
  frameId: 1,
  messages: [
    {
      name: 'check-client-ip',
      args: [
        { name: 'ip', value: { type: 'ipv4', value: Uint8Array.of(192, 0, 2, 1) } },
        { name: 'port', value: { type: 'int64', value: 54_321 } },
        { name: 'method', value: text('GET') },
        { name: 'path', value: text('/index.html') },
        { name: 'host', value: text('www.example.com') },
      ],
    },
  ],
});

/** 512 NOTIFY frames back to back, as one pipelined read would bring them. */
const frames = Array.from({ length: 512 }, (_, i) => encodeFrame(notify(i * 37)));
const chunk = new Uint8Array(frames.flatMap((frame) => [...frame]));

/** Sums the values so that nothing can be optimised away. */
function streaming() {
  const splitter = new FrameSplitter();
  const cursor = new Cursor(chunk);
  const header = new FrameHeader();
  const reader = new MessageReader();
  const out = new Writer(1 << 20, 1 << 16);
  return () => {
    out.reset();
    splitter.push(chunk);
    while (splitter.next()) {
      cursor.reset(splitter.bytes, splitter.at, splitter.end);
      readFrameHeader(cursor, header);
      reader.reset(header.type === FrameType.NOTIFY ? splitter.bytes : out.bytes, header.payloadAt, header.payloadEnd);
      const start = beginFrame(out, FrameType.ACK, FrameFlag.FIN, header.streamId, header.frameId);
      let sum = 0;
      while (reader.nextMessage()) {
        while (reader.nextArg()) {
          sum += reader.argName.length;
          if (reader.argType === DataType.INT64) sum += Number(reader.integer());
          else sum += reader.bytes[reader.valueAt] + reader.valueEnd - reader.valueAt;
        }
      }
      writeSetVarInt(out, Scope.SESS, 'ip_score', DataType.INT32, sum | 0);
      endFrame(out, start, 16_379);
    }
    return out.at;
  };
}

function score(frame) {
  let sum = 0;
  for (const message of frame.messages) {
    for (const { name, value } of message.args) {
      sum += name.length;
      if (value.type === 'int64') sum += Number(value.value);
      else if ('value' in value) sum += value.value[0] + value.value.length;
    }
  }
  return sum | 0;
}

function ack(frame) {
  const value = { type: 'int32', value: score(frame) };
  const actions = [{ type: 'set-var', scope: Scope.SESS, name: 'ip_score', value }];
  const { streamId, frameId } = frame;
  return { type: 'ack', streamId, frameId, abort: false, actions, unparsed: new Uint8Array(0) };
}

function whole(decode, encode) {
  return () => {
    let bytes = 0;
    for (const frame of frames) bytes += encode(ack(decode(frame))).length;
    return bytes;
  };
}

function measure(run, seconds) {
  const from = process.cpuUsage();
  let cpu = 0;
  let rounds = 0;
  let bytes = 0;
  while (cpu < seconds * 1e6) {
    for (let i = 0; i < 8; i++) bytes = run();
    rounds += 8;
    const { user, system } = process.cpuUsage(from);
    cpu = user + system;
  }
  return { rate: (rounds * frames.length * 1e6) / cpu, bytes };
}

const seconds = Number(process.argv[2] ?? 1);
console.log(`${os.cpus()[0]?.model}, node ${process.version}, ${frames[300].length} bytes per NOTIFY`);
const cases = {
  'streaming: splitter, header, reader, writer': streaming(),
  'objects: decodeFrame, encodeFrame': whole(decodeFrame, encodeFrame),
  'naive twin': whole(naiveDecodeFrame, naiveEncodeFrame),
};
for (const [name, run] of Object.entries(cases)) {
  measure(run, seconds / 4);
  const results = [1, 2, 3].map(() => measure(run, seconds)).sort((a, b) => a.rate - b.rate);
  const median = results[1];
  console.log(`${name.padEnd(46)} ${Math.round(median.rate).toLocaleString('en').padStart(12)} frames per CPU-second`);
}
