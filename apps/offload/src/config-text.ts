/** What kind of text a key of the configuration takes. */
export type LeafKind = 'boolean' | 'number' | 'text' | 'list' | 'json';

/**
 * Reads the text of one key, from a flag or a variable. A text that is no number or boolean where one is wanted
 * stays a text, so that validation names it.
 */
export function parseText(text: string, kind: LeafKind): unknown {
  switch (kind) {
    case 'list':
      return text.trim() === '' ? [] : text.split(',').map((item) => item.trim());
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'json':
      return parseJson(text);
    case 'text':
      return text;
    default:
      return kind satisfies never;
  }
}

/** What is wrong with a text that should be JSON; undefined for others. Other kinds are left to validation. */
export function textFault(text: string, kind: LeafKind): string | undefined {
  if (kind !== 'json') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `Expected JSON: ${(error as Error).message}`;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Sets a value at a path of an object tree, making the objects on the way. */
export function setIn(target: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) target[key] = value;
  else setIn((target[key] ??= {}) as Record<string, unknown>, rest, value);
}
