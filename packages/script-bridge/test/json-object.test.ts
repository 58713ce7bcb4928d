import { compareUtf8 } from '@offload/lapps-codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonObject } from '../src/worker/json/json-object.js';
import type { JsonValue } from '../src/worker/json/value.js';

const name = fc.oneof(fc.constantFrom('a', 'b', 'c', 'cid', 'status', '__proto__', ''), fc.string({ maxLength: 3 }));
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('set' as const), name, value: fc.integer() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), name, value: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('copy' as const), name, value: fc.constant(0) }) },
);

function membersOf(object: JsonObject): [string, JsonValue][] {
  const names = object.names();
  const values = object.values(names);
  return names.map((key, i) => [key, values[i] as JsonValue]);
}

const inOrder = (map: ReadonlyMap<string, JsonValue>): [string, JsonValue][] =>
  [...map].sort(([a], [b]) => compareUtf8(a, b));

describe('JsonObject', () => {
  it('JsonObject behaves as a Map in the order of its names, small or large, and so do its copies', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const object = JsonObject.empty();
        const map = new Map<string, JsonValue>();
        const copies: [JsonObject, [string, JsonValue][]][] = [];
        for (const { type, name: key, value } of steps) {
          if (type === 'set') {
            object.set(key, value);
            map.set(key, value);
          } else if (type === 'delete') expect(object.delete(key)).toBe(map.delete(key));
          else {
            const copy = object.copy((inner) => inner);
            copies.push([copy, inOrder(map)]);
            // What one of them does is nothing to the other.
            copy.copy((inner) => inner).set('new', 1);
          }
          expect([object.size, object.get(key), object.has(key)]).toEqual([map.size, map.get(key), map.has(key)]);
        }
        expect(membersOf(object)).toEqual(inOrder(map));
        for (const [copy, members] of copies) expect(membersOf(copy)).toEqual(members);
      }),
      { numRuns: 500 },
    );
  });

  it('JsonObject.copy() puts containers through the function', () => {
    const object = JsonObject.of([
      ['list', [1]],
      ['nothing', null],
    ]);
    const copy = object.copy((inner) => [...(inner as JsonValue[]), 2]);
    expect(copy.get('list')).toEqual([1, 2]);
    expect(object.get('list')).toEqual([1]);
  });
});
