import fc from 'fast-check';
import { JsonObject } from '../../src/worker/json/json-object.js';
import type { JsonValue } from '../../src/worker/json/value.js';

const text = fc.string({ unit: 'grapheme', maxLength: 80 });

/** Documents of every kind of value that CBOR has, a few levels deep. */
export const { document } = fc.letrec<{ document: JsonValue }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer({ min: -300, max: 70_000 }),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 64n) + 1n, max: 2n ** 64n - 1n }),
    text,
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('document'), { maxLength: 80 }),
    fc.array(fc.tuple(text, tie('document')), { maxLength: 40 }).map((members) => JsonObject.of(members)),
  ),
}));

/** A document as the codec has it, its members in the order of their names. */
export function plainOf(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (!(value instanceof JsonObject)) return value;
  const names = value.names();
  const values = value.values(names);
  return new Map(names.map((name, i) => [name, plainOf(values[i] as JsonValue)]));
}
