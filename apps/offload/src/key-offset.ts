import { type Document, isMap, isNode } from 'yaml';

/**
 * Where the key at a path stands in a document, or the closest above it that is there; undefined where none is. The offset
 * is that of the key itself, so that an unknown key is found by its name and not by its value.
 */
export function keyOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => String(isNode(key) ? key.toJSON() : key) === path[depth - 1]);
      if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
