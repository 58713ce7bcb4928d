import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configRows } from './support/readme-table.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8').split('\n');

describe('README', () => {
  test('README lists every key of the configuration with default, flag, variable and meaning', () => {
    // The formatter aligns the columns of a table.
    const rows = readme
      .map((line) => line.replaceAll(/ +/g, ' '))
      .filter((line) => /^\| `[a-zA-Z.]+` \| `.*OFFLOAD_/.test(line));
    expect(rows).toEqual(configRows());
  });
});
