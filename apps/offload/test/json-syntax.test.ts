import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonFault } from '../src/lapps/json-syntax.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Pieces that make texts that are nearly JSON. */
const pieces = fc.constantFrom(
  ...['{', '}', '[', ']', ',', ':', '"', '"a"', '"\\n"', '"\\u00e9"', '"\\x"', '0', '-1.5e3', '01', '1.', '+1', '.5'],
  ...['true', 'nul', 'null', 'NaN', ' ', '\t', '\n', '\0', '\u00a0', "'", '//', '\\', '\u2028', '\ud800'],
);

describe('jsonFault()', () => {
  test('jsonFault() finds nothing in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        expect(jsonFault(JSON.stringify(value, null, indent))).toBeUndefined();
      }),
    );
  });

  test('jsonFault() and JSON.parse agree about every text', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect([text, jsonFault(text) === undefined]).toEqual([text, isJson(text)]);
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), pieces, (value, at, piece) => {
        const good = JSON.stringify(value);
        const text = good.slice(0, at % good.length) + piece + good.slice((at % good.length) + 1);
        expect([text, jsonFault(text) === undefined]).toEqual([text, isJson(text)]);
      }),
      { numRuns: 2000 },
    );
  });

  test('jsonFault() says what is missing, and where', () => {
    expect(jsonFault('[1 2]')).toEqual({ at: 3, expected: "',' or ']'" });
    expect(jsonFault('{"a" 1}')).toEqual({ at: 5, expected: "':'" });
    expect(jsonFault('{}x')).toEqual({ at: 2, expected: 'the end of the file' });
  });
});
