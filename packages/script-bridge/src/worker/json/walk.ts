import type { ScriptValue } from '@offload/script-runtime';
import { toByteString } from './text.js';
import type { JsonValue } from './value.js';
import { toScript } from './view.js';
import { sortedKeys } from './write.js';

/** Every value below the root, depth first, children before the container they are in (`nljson.traverse`). */
export function* traverse(node: JsonValue): Generator<readonly [ScriptValue, ScriptValue]> {
  if (Array.isArray(node)) {
    for (const [i, item] of [...node.entries()]) {
      yield* traverse(item);
      yield [i + 1, toScript(item)];
    }
  } else if (node instanceof Map) {
    for (const key of sortedKeys(node)) {
      const member = node.get(key);
      if (member === undefined) continue;
      yield* traverse(member);
      yield [toByteString(key), toScript(member)];
    }
  }
}
