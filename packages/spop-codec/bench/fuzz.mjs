// Throws mutated frames at the codec: nothing but SpopError may come out, the naive twin must agree, and a good frame
// must decode right after. Counted and seeded; the same seed gives the same run.
// Build first, then: node packages/spop-codec/bench/fuzz.mjs [frames] [seed]
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  Cursor,
  decodeFrame,
  encodeFrame,
  FrameHeader,
  FrameSplitter,
  MessageReader,
  NameCache,
  readFrameHeader,
  SpopError,
} from '@offload/spop-codec';
import { naiveDecodeFrame } from '../test/support/naive-codec.mjs';

const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
/** The twin is slow: it judges one frame in this many. */
const TWIN_EVERY = 4;
const MAX_FRAME_BYTES = 1 << 16;

let state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
/** xorshift32: a random integer below n. */
function below(n) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % n;
}

const vectors = JSON.parse(readFileSync(new URL('../test/vectors/spop.json', import.meta.url), 'utf8'));
const corpus = vectors.map(({ hex }) => Uint8Array.from(Buffer.from(hex, 'hex')));
/** Bytes at which encodings change their mind. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 9, 0x0f, 0x10, 0x11, 0x21, 0x67, 0x7f, 0x80, 0xef, 0xf0, 0xfe, 0xff];

/** Inserts, drops, changes, repeats and splices, then usually puts the length field right. */
function mutate(original) {
  const bytes = [...original];
  for (let edits = 1 + below(5); edits > 0; edits--) {
    const at = below(bytes.length + 1);
    const byte = below(2) === 0 ? EDGES[below(EDGES.length)] : below(256);
    const kind = below(6);
    if (kind === 0) bytes.splice(at, 0, byte);
    else if (kind === 1) bytes.splice(at, 1 + below(8));
    else if (kind === 2 && at < bytes.length) bytes[at] ^= 1 << below(8);
    else if (kind === 3) bytes.splice(at, 0, ...bytes.slice(at, at + below(32)));
    else if (kind === 4) bytes.splice(at, 0, ...corpus[below(corpus.length)].subarray(9, 9 + below(40)));
    else if (at < bytes.length) bytes[at] = byte;
  }
  const out = Uint8Array.from(bytes);
  if (below(8) > 0 && out.length >= 4) new DataView(out.buffer).setUint32(0, out.length - 4);
  return out;
}

const tally = {};
const names = new NameCache(64);
const reader = new MessageReader(names);
const header = new FrameHeader();
const good = corpus.find((_, i) => vectors[i].name === 'NOTIFY with all ten types, stream 240');
const goodFrame = decodeFrame(good);

function attempt(action) {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof SpopError)) throw error;
    tally[error.code] = (tally[error.code] ?? 0) + 1;
    return undefined;
  }
}

/** Counts what the streaming reader sees, for comparison with the frame. */
function stream(bytes) {
  readFrameHeader(new Cursor(bytes), header);
  reader.reset(bytes, header.payloadAt, header.payloadEnd);
  let args = 0;
  while (reader.nextMessage()) while (reader.nextArg()) args++;
  return args;
}

function judge(bytes, twin) {
  const frame = attempt(() => decodeFrame(bytes, { maxFrameBytes: MAX_FRAME_BYTES }));
  if (twin) {
    let naive;
    try {
      naive = naiveDecodeFrame(bytes);
    } catch {
      // It throws whatever comes to hand.
    }
    assert.deepEqual(frame, naive);
  }
  if (frame === undefined) return false;
  if (frame.type === 'notify') {
    assert.equal(
      stream(bytes),
      frame.messages.reduce((sum, { args }) => sum + args.length, 0),
    );
  }
  const again = attempt(() => encodeFrame(frame, { maxFrameBytes: MAX_FRAME_BYTES }));
  if (again !== undefined) assert.deepEqual(decodeFrame(again, { maxFrameBytes: MAX_FRAME_BYTES }), frame);
  return true;
}

/** Feeds mutated frames as a stream in random chunks; every frame that comes out is judged like the others. */
function judgeStream(frames) {
  const splitter = new FrameSplitter(MAX_FRAME_BYTES);
  const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame]));
  let out = 0;
  attempt(() => {
    for (let at = 0; at < bytes.length; ) {
      const chunk = bytes.slice(at, at + 1 + below(100));
      at += chunk.length;
      splitter.push(chunk);
      while (splitter.next()) {
        out += splitter.end - splitter.at;
        judge(splitter.bytes.subarray(splitter.at, splitter.end), false);
      }
    }
  });
  assert.ok(out <= bytes.length);
}

const from = process.cpuUsage();
let decoded = 0;
let batch = [];
for (let i = 0; i < count; i++) {
  const bytes = mutate(corpus[below(corpus.length)]);
  try {
    if (judge(bytes, i % TWIN_EVERY === 0)) decoded++;
    batch.push(bytes);
    if (batch.length === 16) {
      judgeStream(batch);
      batch = [];
    }
    if (i % 64 === 0) assert.deepEqual(decodeFrame(good), goodFrame);
  } catch (error) {
    console.error(`seed ${seed}, frame ${i}: ${Buffer.from(bytes).toString('hex')}`);
    throw error;
  }
}
const { user, system } = process.cpuUsage(from);
console.log(
  `${count} mutated frames, seed ${seed}: ${decoded} still decoded, ${count - decoded} refused; no other fault`,
);
console.log(`${((user + system) / 1e6).toFixed(1)} s CPU, ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`);
console.log(tally);
