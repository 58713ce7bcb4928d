import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

it('README lists exactly the error codes', () => {
  const listed = [...read('README.md').matchAll(/^\| `(BRIDGE_ERR_[A-Z_]+)`/gm)].map(([, code]) => code);
  const union = [...read('src/errors.ts').matchAll(/\| '(BRIDGE_ERR_[A-Z_]+)'/g)].map(([, code]) => code);
  expect(listed.toSorted()).toEqual(union.toSorted());
  expect(new Set(union).size).toBe(union.length);
});

it('records have kinds of their own, all of them described', () => {
  const source = read('src/records.ts');
  const kinds = [...source.matchAll(/^ {2}(\w+): (\d+),$/gm)].map(([, name, kind]) => ({ name: name as string, kind }));
  expect(kinds.length).toBeGreaterThan(10);
  expect(new Set(kinds.map(({ kind }) => kind)).size).toBe(kinds.length);
  for (const { name } of kinds) expect(source).toContain(`\`${name}\``);
});
