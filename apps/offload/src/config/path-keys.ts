/**
 * The keys of a section that hold paths, and how each text is rewritten when it stands in a config file: `under` puts
 * a relative path under the folder of that file. Lists are entered: `scripts.file` is `file` of each of `scripts`; `*`
 * stands for every key of a table.
 */
export type PathKeys = Readonly<Record<string, (text: string, under: (path: string) => string) => string>>;

/**
 * A raw configuration with its paths rewritten. What holds them is copied: two keys may share it, by an alias of YAML, and
 * would have it rewritten twice. Values of an unexpected kind are left for validation.
 */
export function rebasePaths(raw: unknown, keys: PathKeys, under: (path: string) => string): unknown {
  return Object.entries(keys).reduce(
    (done, [key, rewrite]) => rebase(done, key.split('.'), (text) => (text === '' ? text : rewrite(text, under))),
    raw,
  );
}

function rebase(raw: unknown, keys: readonly string[], rewrite: (text: string) => string): unknown {
  if (Array.isArray(raw)) return raw.map((item) => rebase(item, keys, rewrite));
  const [key, ...rest] = keys;
  if (key === undefined) return typeof raw === 'string' ? rewrite(raw) : raw;
  if (typeof raw !== 'object' || raw === null) return raw;
  const names = key === '*' ? Object.keys(raw) : Object.hasOwn(raw, key) ? [key] : [];
  const record = raw as Record<string, unknown>;
  const rebased = names.map((name) => [name, rebase(record[name], rest, rewrite)]);
  // Keys are those of the file: `__proto__` stays one.
  return Object.fromEntries([...Object.entries(raw), ...rebased]);
}
