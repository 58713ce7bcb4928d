import { readFileSync } from 'node:fs';

/** The Python part of a module, from `python/NAME.py` of this package; seen from `src` and from `dist` alike. */
export function pythonPrelude(name: string): { readonly name: string; readonly source: string } {
  const file = `${name}.py`;
  return { name: file, source: readFileSync(new URL(`../../../python/${file}`, import.meta.url), 'utf8') };
}
