import { describe, expect, it } from 'vitest';
import {
  Cursor,
  checkVariableName,
  latin1Bytes,
  latin1Text,
  NameCache,
  readName,
  Writer,
  writeLatin1,
  writeVariableName,
} from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';
import { ascii } from './support/hex.js';

const allBytes = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('latin1Text()', () => {
  it('latin1Text() and latin1Bytes() keep every byte, in short and in long texts', () => {
    for (const repeat of [1, 40, 300]) {
      const bytes = Uint8Array.from({ length: 256 * repeat }, (_, i) => i);
      expect(latin1Bytes(latin1Text(bytes))).toEqual(bytes);
    }
    expect(latin1Text(allBytes.subarray(0x80, 0x90))).toBe(String.fromCharCode(...allBytes.subarray(0x80, 0x90)));
  });

  it('latin1Bytes() and writeLatin1() reject a character above U+00FF and write nothing', () => {
    expectSpopError(() => latin1Bytes('a\u0100'), { code: 'SPOP_ERR_VALUE', status: 99 });
    const w = new Writer();
    expectSpopError(() => writeLatin1(w, 'a\u20ac'), { code: 'SPOP_ERR_VALUE' });
    expect(w.at).toBe(0);
  });

  it('readName() reads what writeLatin1() wrote', () => {
    for (const text of ['', 'x', latin1Text(allBytes), 'n'.repeat(3000)]) {
      const w = new Writer();
      writeLatin1(w, text);
      const c = new Cursor(w.view());
      expect(readName(c)).toBe(text);
      expect(c.at).toBe(c.end);
    }
  });
});

describe('writeVariableName()', () => {
  it.each(['a', 'A.b_9', '.', '0', 'n'.repeat(48)])('writeVariableName() takes %s', (name) => {
    const w = new Writer();
    writeVariableName(w, name);
    checkVariableName(name);
    expect(w.view()).toEqual(Uint8Array.of(name.length, ...ascii(name)));
  });

  it.each(['', 'n'.repeat(49), 'a-b', 'a b', 'h\u00e9', 'a\u0000', 'a\u0141', '\u{1f600}', 'txn:x', 'a/b'])(
    'writeVariableName() and checkVariableName() refuse %j',
    (name) => {
      const w = new Writer();
      expectSpopError(() => writeVariableName(w, name), { code: 'SPOP_ERR_NAME', status: 99 });
      expect(w.at).toBe(0);
      expectSpopError(() => checkVariableName(name), { code: 'SPOP_ERR_NAME' });
    },
  );
});

describe('NameCache', () => {
  it('NameCache gives the text of any bytes, again and again', () => {
    const cache = new NameCache(4);
    const names = Array.from({ length: 50 }, (_, i) => `name-${i * i}`).concat(['', 'x'.repeat(64), 'y'.repeat(65)]);
    for (let round = 0; round < 4; round++) {
      for (const name of names) expect(cache.text(ascii(name), 0, name.length)).toBe(name);
    }
    expect(cache.text(allBytes, 0, 256)).toBe(latin1Text(allBytes));
  });

  it('NameCache tells names apart that share a hash', () => {
    const cache = new NameCache(2);
    // 31 * 'A' + 'a' equals 31 * 'B' + 'B'.
    for (let round = 0; round < 3; round++) {
      for (const name of ['Aa', 'BB', 'AaAa', 'BBBB', 'AaBB'])
        expect(cache.text(ascii(name), 0, name.length)).toBe(name);
    }
  });

  it('NameCache does not keep the memory of the frame, not even of a Node Buffer', () => {
    const cache = new NameCache();
    const bytes = Buffer.from('ip');
    expect(cache.text(bytes, 0, 2)).toBe('ip');
    expect(cache.text(bytes, 0, 2)).toBe('ip');
    bytes.write('no');
    expect(cache.text(Buffer.from('no'), 0, 2)).toBe('no');
    expect(cache.text(Buffer.from('ip'), 0, 2)).toBe('ip');
    expect(cache.text(bytes, 0, 2)).toBe('no');
  });
});
