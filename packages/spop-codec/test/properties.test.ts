import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Action,
  Cursor,
  decodeFrame,
  encodeFrame,
  type Frame,
  FrameHeader,
  FrameSplitter,
  type KvEntry,
  MessageReader,
  NameCache,
  readFrameHeader,
  readVarint,
  Scope,
  SpopError,
  type TypedData,
  Writer,
  writeVarint,
} from '../src/index.js';
import { fromHex, toHex } from './support/hex.js';
import { naiveDecodeFrame, naiveEncodeFrame, naiveReadVarint, naiveWriteVarint } from './support/naive-codec.mjs';
import { streamMessages } from './support/stream-messages.js';
import { frameVectors } from './support/vectors.js';

const narrow = (value: bigint): number | bigint =>
  value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value;

/** All 64-bit values, with every bit length as likely as any other. */
const anyUint64 = fc
  .tuple(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 0, max: 63 }))
  .map(([value, shift]) => value >> BigInt(shift));
/** Values that, after some groups of their varint, leave a low half so small that the next one borrows from the high. */
const borrowing = fc
  .tuple(fc.integer({ min: 1, max: 2 ** 26 }), fc.nat(127), fc.array(fc.nat(127), { maxLength: 4 }), fc.nat(15))
  .map(([high, low, groups, last]) => {
    const left = groups.reduce((n, group) => (n << 7n) + 128n + BigInt(group), (BigInt(high) << 32n) + BigInt(low));
    return BigInt.asUintN(64, (left << 4n) + 240n + BigInt(last));
  });
const uint64 = fc.oneof({ arbitrary: anyUint64, weight: 4 }, { arbitrary: borrowing, weight: 1 });
const int64 = uint64.map((value) => BigInt.asIntN(64, value));
const id = fc.oneof(fc.nat(300), uint64.map(narrow));
const byteString = fc.uint8Array({ maxLength: 300 });
const latin1 = fc.uint8Array({ maxLength: 20 }).map((bytes) => String.fromCharCode(...bytes));
const variableName = fc.stringMatching(/^[A-Za-z0-9_.]{1,48}$/);

const typedData: fc.Arbitrary<TypedData> = fc.oneof(
  fc.constant<TypedData>({ type: 'null' }),
  fc.boolean().map((value): TypedData => ({ type: 'bool', value })),
  fc.integer().map((value): TypedData => ({ type: 'int32', value })),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((value): TypedData => ({ type: 'uint32', value })),
  int64.map((value): TypedData => ({ type: 'int64', value: narrow(value) })),
  uint64.map((value): TypedData => ({ type: 'uint64', value: narrow(value) })),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((value): TypedData => ({ type: 'ipv4', value })),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((value): TypedData => ({ type: 'ipv6', value })),
  byteString.map((value): TypedData => ({ type: 'string', value })),
  byteString.map((value): TypedData => ({ type: 'binary', value })),
);
const entry: fc.Arbitrary<KvEntry> = fc.record({ name: latin1, value: typedData });
const scope = fc.constantFrom(...Object.values(Scope));
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constant('set-var' as const), scope, name: variableName, value: typedData }),
  fc.record({ type: fc.constant('unset-var' as const), scope, name: variableName }),
);
const message = fc.record({ name: latin1, args: fc.array(entry, { maxLength: 12 }) });
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    type: fc.constantFrom('haproxy-hello', 'haproxy-disconnect', 'agent-hello', 'agent-disconnect'),
    entries: fc.array(entry, { maxLength: 12 }),
  }),
  fc.record({
    type: fc.constant('notify' as const),
    streamId: id,
    frameId: id,
    messages: fc.array(message, { maxLength: 4 }),
  }),
  fc
    .record({
      type: fc.constantFrom('unset' as const, 'notify-fragment' as const),
      streamId: id,
      frameId: id,
      fin: fc.boolean(),
      abort: fc.boolean(),
      payload: byteString,
    })
    .filter((f) => f.type === 'unset' || !f.fin || f.abort),
  fc.record({
    type: fc.constant('ack' as const),
    streamId: id,
    frameId: id,
    abort: fc.boolean(),
    actions: fc.array(action, { maxLength: 12 }),
    unparsed: fc.constantFrom(new Uint8Array(0), Uint8Array.of(0), Uint8Array.of(9, 9, 9)),
  }),
);
const LIMIT = { maxFrameBytes: 1 << 20 };

/** A frame with some bytes changed, inserted or dropped, its length field put right most of the time. */
const mutated = fc
  .record({
    frame: fc.oneof(
      frame.map((f) => encodeFrame(f, LIMIT)),
      fc.constantFrom(...frameVectors.map((v) => fromHex(v.hex))),
    ),
    edits: fc.array(fc.record({ at: fc.nat(), kind: fc.nat(2), byte: fc.nat(255) }), { minLength: 1, maxLength: 6 }),
    repair: fc.nat(9),
  })
  .map(({ frame: original, edits, repair }) => {
    const bytes = [...original];
    for (const { at, kind, byte } of edits) {
      const i = at % (bytes.length + 1);
      if (kind === 0) bytes[Math.min(i, bytes.length - 1)] = byte;
      else bytes.splice(i, kind === 1 ? 0 : 1, ...(kind === 1 ? [byte] : []));
    }
    const out = Uint8Array.from(bytes);
    if (repair > 0 && out.length >= 4) new DataView(out.buffer).setUint32(0, out.length - 4);
    return out;
  });

const readers = { reader: new MessageReader(new NameCache(16)), header: new FrameHeader() };

/** Decodes with both codecs and the streaming reader; all agree on the value, or on there being none. */
function decodeAll(bytes: Uint8Array): Frame | undefined {
  let fast: Frame | undefined;
  try {
    fast = decodeFrame(bytes, LIMIT);
  } catch (error) {
    expect(error).toBeInstanceOf(SpopError);
  }
  let naive: Frame | undefined;
  try {
    naive = naiveDecodeFrame(bytes);
  } catch {
    // A fault has no particular class there.
  }
  expect(fast).toEqual(naive);
  if (fast?.type === 'notify') {
    readFrameHeader(new Cursor(bytes), readers.header);
    const { payloadAt, payloadEnd } = readers.header;
    expect(streamMessages(readers.reader, bytes, payloadAt, payloadEnd)).toEqual(fast.messages);
  }
  return fast;
}

describe('decodeFrame()', () => {
  it('decodeFrame(encodeFrame(x)) equals x, and the naive twin agrees both ways', () => {
    fc.assert(
      fc.property(frame, (x) => {
        const bytes = encodeFrame(x, LIMIT);
        expect(toHex(naiveEncodeFrame(x))).toBe(toHex(bytes));
        expect(decodeAll(bytes)).toEqual(x);
      }),
      { numRuns: 1000 },
    );
  });

  it('decodeFrame() throws only SpopError on random bytes and agrees with the naive twin', () => {
    const head = fc.constantFrom(0, 1, 2, 3, 101, 102, 103);
    const random = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(head, fc.uint8Array({ minLength: 2, maxLength: 100 })).map(([type, rest]) => {
        return Uint8Array.of(0, 0, 0, rest.length + 5, type, 0, 0, 0, 1, ...rest);
      }),
    );
    fc.assert(
      fc.property(random, (bytes) => void decodeAll(bytes)),
      { numRuns: 2000 },
    );
  });

  it('decodeFrame() throws only SpopError on mutated frames and agrees with the naive twin', () => {
    fc.assert(
      fc.property(mutated, (bytes) => void decodeAll(bytes)),
      { numRuns: 3000 },
    );
  });

  it('encodeFrame() gives back what decodeFrame() made of mutated frames, or refuses with SpopError', () => {
    fc.assert(
      fc.property(mutated, (bytes) => {
        const first = decodeAll(bytes);
        if (first === undefined) return;
        let again: Uint8Array;
        try {
          again = encodeFrame(first, LIMIT);
        } catch (error) {
          expect(error).toMatchObject({ name: 'SpopError', code: 'SPOP_ERR_NAME' });
          return;
        }
        expect(decodeFrame(again, LIMIT)).toEqual(first);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('readVarint()', () => {
  it('readVarint(writeVarint(n)) equals n over all 64 bits, and the naive twin agrees', () => {
    fc.assert(
      fc.property(uint64, (value) => {
        const w = new Writer();
        writeVarint(w, narrow(value));
        expect([...w.view()]).toEqual(naiveWriteVarint(value));
        expect(readVarint(new Cursor(w.view()))).toBe(narrow(value));
      }),
      { numRuns: 5000 },
    );
  });

  it('readVarint() reads any bytes as the naive twin does', () => {
    const bytes = fc.tuple(
      fc.nat(255),
      fc.array(fc.oneof(fc.nat(255), fc.integer({ min: 128, max: 255 })), { maxLength: 12 }),
    );
    fc.assert(
      fc.property(bytes, ([first, rest]) => {
        const input = Uint8Array.of(first, ...rest);
        const c = new Cursor(input);
        let naive: { value: bigint; length: number };
        try {
          naive = naiveReadVarint(input);
        } catch {
          expect(() => readVarint(c)).toThrow(SpopError);
          return;
        }
        expect(readVarint(c)).toBe(narrow(naive.value));
        expect(c.at).toBe(naive.length);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('FrameSplitter', () => {
  it('FrameSplitter yields the frames that were joined, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 60 }), (list, cuts) => {
        const encoded = list.map((x) => encodeFrame(x, LIMIT));
        const stream = Uint8Array.from(encoded.flatMap((bytes) => [...bytes]));
        const splitter = new FrameSplitter(1 << 20);
        const got: string[] = [];
        let at = 0;
        for (const size of [...cuts, stream.length]) {
          const chunk = stream.slice(at, at + size);
          at += chunk.length;
          splitter.push(chunk);
          while (splitter.next()) got.push(toHex(splitter.bytes.subarray(splitter.at, splitter.end)));
          // The owner of a chunk may reuse it from here on.
          chunk.fill(0xee);
        }
        expect(got).toEqual(encoded.map(toHex));
        expect(splitter.pendingBytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
