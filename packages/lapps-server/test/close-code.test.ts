import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutReason, isSendableCloseCode } from '../src/close-code.js';

describe('close codes', () => {
  it('isSendableCloseCode() is RFC 6455 7.4 with the codes registered since', () => {
    const sendable = Array.from({ length: 5100 }, (_, code) => code).filter(isSendableCloseCode);
    expect(sendable.slice(0, 12)).toEqual([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]);
    expect([sendable[12], sendable.at(-1), sendable.length]).toEqual([3000, 4999, 2012]);
  });

  it('cutReason() gives the longest prefix of whole characters that fits 123 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (reason) => {
        const cut = cutReason(reason);
        const bytes = Buffer.byteLength(cut);
        expect(reason.startsWith(cut)).toBe(true);
        expect(bytes).toBeLessThanOrEqual(123);
        if (cut !== reason) {
          const next = String.fromCodePoint(reason.codePointAt(cut.length)!);
          expect(bytes + Buffer.byteLength(next)).toBeGreaterThan(123);
        }
      }),
    );
  });
});
