import type { ScriptValue } from '@offload/script-runtime';
import { JsonObject } from './json-object.js';
import { toByteString } from './text.js';
import type { JsonValue } from './value.js';
import { toScript } from './view.js';

/** Every value below the root, depth first, children before the container they are in (`nljson.traverse`). */
export function* traverse(node: JsonValue): Generator<readonly [ScriptValue, ScriptValue]> {
  if (Array.isArray(node)) {
    for (const [i, item] of [...node.entries()]) {
      yield* traverse(item);
      yield [i + 1, toScript(item)];
    }
  } else if (node instanceof JsonObject) {
    // A snapshot: callbacks may change the document.
    const names = [...node.names()];
    const values = [...node.values(names)];
    for (const [i, name] of names.entries()) {
      const member = values[i] as JsonValue;
      yield* traverse(member);
      yield [toByteString(name), toScript(member)];
    }
  }
}
