/**
 * The keys of a section that hold paths, and how each text is rewritten when it stands in a config file: `under` puts
 * a relative path under the folder of that file. Lists are entered: `scripts.file` is `file` of each of `scripts`; `*`
 * stands for every key of a table.
 */
export type PathKeys = Readonly<Record<string, (text: string, under: (path: string) => string) => string>>;

/** Rewrites the paths in a raw configuration, in place. Values of an unexpected kind are left for validation. */
export function rebasePaths(raw: unknown, keys: PathKeys, under: (path: string) => string): void {
  for (const [key, rewrite] of Object.entries(keys)) {
    rebase(raw, key.split('.'), (text) => (text === '' ? text : rewrite(text, under)));
  }
}

function rebase(raw: unknown, [key, ...rest]: readonly string[], rewrite: (text: string) => string): unknown {
  if (Array.isArray(raw)) return raw.map((item) => rebase(item, key === undefined ? [] : [key, ...rest], rewrite));
  if (key === undefined) return typeof raw === 'string' ? rewrite(raw) : raw;
  if (key === '*' && typeof raw === 'object' && raw !== null) {
    for (const name of Object.keys(raw)) rebase(raw, [name, ...rest], rewrite);
    return raw;
  }
  if (typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key)) {
    const record = raw as Record<string, unknown>;
    record[key] = rebase(record[key], rest, rewrite);
  }
  return raw;
}
