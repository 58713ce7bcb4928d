import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as codec from '../src/index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

/**
 * Turns an example of the README into a function body: imports become constants, `x; // => y` a comparison, what only
 * TypeScript knows goes.
 */
function runnable(example: string): string {
  return example
    .replaceAll(' as const;', ';')
    .replaceAll(/^import (\{.*\}) from '@offload\/spop-codec';$/gm, 'const $1 = codec;')
    .replaceAll(/^(.+); \/\/ => (.+)$/gm, 'expect($1).toEqual($2);');
}

describe('README', () => {
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '');

  it.each(examples.map((example, i) => [i + 1, example] as const))(
    'README example %d does what it says',
    (_, example) => {
      expect(example.match(/\/\/ => /g)?.length).toBeGreaterThan(0);
      new Function('codec', 'expect', runnable(example))(codec, expect);
      expect.hasAssertions();
    },
  );

  it('README shows decode and encode of a frame in ten lines', () => {
    const lines = examples[0]?.split('\n').filter((line) => line !== '');
    expect(lines?.length).toBeLessThanOrEqual(10);
  });

  it('README lists exactly the error codes of the union, with the status of each', () => {
    const rows = [...readme.matchAll(/^\| `(SPOP_ERR_\w+)` +\| (\d+)/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(rows).toEqual(codec.SPOP_ERROR_CODES.map((code) => [code, new codec.SpopError(code, '').status]));
  });

  it('README states the limits the constants have', () => {
    const number = (n: number): string => n.toString().replace(/\B(?=(\d{3})+$)/g, ' ');
    expect(readme).toContain(number(codec.FIRST_FRAME_MAX_BYTES));
    expect(readme).toContain(number(codec.DEFAULT_MAX_FRAME_BYTES));
    expect(readme).toContain(`${codec.MAX_VARIABLE_NAME_BYTES}, ${codec.MAX_MESSAGE_ARGS}`);
    expect(new codec.FrameSplitter().limit).toBe(codec.FIRST_FRAME_MAX_BYTES);
    expect(new codec.Writer().limit).toBe(codec.DEFAULT_MAX_FRAME_BYTES);
  });
});

describe('package', () => {
  /** Globals a browser does not have. */
  const NODE_ONLY = /\b(?:Buffer|process|require|__dirname|setImmediate|global)\b(?!['":])/;
  const withoutComments = (text: string): string => text.replaceAll(/\/\*.*?\*\/|\/\/.*$/gms, '');

  it('package has no dependencies, and its sources import each other only', () => {
    const manifest = JSON.parse(read('../package.json'));
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(manifest.peerDependencies ?? {}).toEqual({});
    for (const file of readdirSync(new URL('../src', import.meta.url))) {
      for (const [, from] of read(`../src/${file}`).matchAll(/from '([^']+)'/g))
        expect(from).toMatch(/^\.\/[a-z-]+\.js$/);
    }
  });

  it('package is safe for browsers: what is built imports no node: module and uses no Node global', () => {
    const dist = readdirSync(new URL('../dist', import.meta.url)).filter((file) => file.endsWith('.js'));
    expect(dist).toContain('index.js');
    for (const file of dist) {
      const text = withoutComments(read(`../dist/${file}`));
      for (const [, from] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) expect(from).toMatch(/^\.\//);
      expect(text).not.toContain('node:');
      expect(text).not.toMatch(NODE_ONLY);
    }
  });
});
