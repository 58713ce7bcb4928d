import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteString } from '../src/byte-string.js';
import { MarshalWriter } from '../src/runtimes/python/marshal-writer.js';
import { textOfMarshal } from '../src/runtimes/python/text.js';

function written(write: (writer: MarshalWriter) => void): Uint8Array {
  const writer = new MarshalWriter(64);
  write(writer);
  return writer.bytes.slice(0, writer.at);
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Bytes among which zeros and full ones are as frequent as all others together. */
const bytesOfNumber = fc.array(fc.oneof(fc.constant(0), fc.constant(255), fc.nat(255)), { maxLength: 20 });

test('MarshalWriter.unsigned writes bytes as the number they are', () => {
  fc.assert(
    fc.property(bytesOfNumber, fc.nat(5), (list, before) => {
      const bytes = Uint8Array.from([...Array(before).fill(9), ...list, 9]);
      const value = numberOf(Uint8Array.from(list));
      expect(written((w) => w.unsigned(bytes, before, list.length))).toEqual(written((w) => w.bigint(value)));
    }),
  );
});

test('textOfMarshal gives back the bytes surrogateescape stands for, in texts of every length', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: 0x80, max: 0xff }), fc.constant(0x61)), { maxLength: 150 }),
      (list) => {
        const escaped = Uint8Array.from(
          list.flatMap((byte) => (byte < 0x80 ? [byte] : [0xed, byte < 0xc0 ? 0xb2 : 0xb3, 0x80 | (byte & 0x3f)])),
        );
        // What stands behind the text belongs to another one.
        const bytes = Uint8Array.from([...escaped, 0xed, 0xb2, 0x80]);
        expect(textOfMarshal(bytes, 0, escaped.length)).toBe(byteString(Uint8Array.from(list), 0, list.length));
      },
    ),
  );
});
