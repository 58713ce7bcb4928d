import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scanSource } from './support/source-scan.js';
import { readWorkspace, repository } from './support/workspace.js';

const isErrorCode = (word: string): boolean => /^[A-Z][A-Z0-9]*_ERR_[A-Z0-9_]+$/.test(word);

const codesInText = (text: string): string[] =>
  [...new Set(text.match(/\b[A-Z][A-Z0-9]*_ERR_[A-Z0-9_]+\b/g) ?? [])].sort();

const codesInSource = (text: string): string[] => [...new Set(scanSource(text).words.filter(isErrorCode))].sort();

describe('codesInSource()', () => {
  test('finds the members of a union, of a list and of a table, and nothing in comments', () => {
    const text = `// C_ERR_COMMENT
      type A = 'A_ERR_ONE' | 'A_ERR_TWO';
      const b = ['B_ERR_ONE', 'no code'];
      const c = { C_ERR_ONE: 4 };`;
    expect(codesInSource(text)).toEqual(['A_ERR_ONE', 'A_ERR_TWO', 'B_ERR_ONE', 'C_ERR_ONE']);
  });
});

test('package.json: commands that run for long take the place of their shell, which would keep signals to itself', () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  // A supervisor that ends `npm start` would leave the server behind.
  for (const name of ['start', 'test', 'ok']) expect(scripts[name]).toBe(`exec node .ci/bootstrap.mjs ${name}`);
});

for (const pkg of readWorkspace()) {
  const folder = join(repository, pkg.folder);
  const readmePath = join(folder, 'README.md');

  describe(pkg.manifest.name, () => {
    test('has a README that begins with its name', () => {
      expect(existsSync(readmePath), `${pkg.folder}/README.md`).toBe(true);
      expect(readFileSync(readmePath, 'utf8').split('\n')[0]).toMatch(`# `);
      expect(readFileSync(readmePath, 'utf8').split('\n')[0]).toContain(pkg.manifest.name);
    });

    test('README lists exactly the error codes of errors.ts', () => {
      const errors = join(folder, 'src', 'errors.ts');
      const codes = existsSync(errors) ? codesInSource(readFileSync(errors, 'utf8')) : [];
      const own = new Set(codes.map((code) => code.split('_ERR_')[0]));
      const listed = codesInText(existsSync(readmePath) ? readFileSync(readmePath, 'utf8') : '');
      // Codes of another package may be mentioned; those with a prefix of this one must be complete and real.
      expect(listed.filter((code) => own.has(code.split('_ERR_')[0]))).toEqual(codes);
    });
  });
}
