import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NamedArguments, ScriptFunction, type ScriptValue } from '../src/index.js';
import { cpython } from '../src/runtimes/cpython.js';
import { fengari } from '../src/runtimes/fengari.js';
import { lua } from '../src/runtimes/lua.js';
import { TestHost } from './conformance/test-host.js';

const SCRIPTS = {
  lua: [
    '.lua',
    'local m = require("mod ü")\nt.keep(function(args) print(m.name) error("bad") end)',
    'return { name = "ä€" }',
  ],
  python: ['.py', 'import modü\n\n@t.keep\ndef f(args): print(modü.name); raise ValueError("bad")', 'name = "ä€"'],
} as const;

describe.each([lua, fengari, cpython])('$engine', (runtime) => {
  it('takes scripts and modules whose names are not ASCII, and shows them as they are', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'offload-names-')), 'w ä €');
    onTestFinished(() => rmSync(join(folder, '..'), { recursive: true }));
    mkdirSync(folder);
    const [extension, source, module] = SCRIPTS[runtime.language as keyof typeof SCRIPTS];
    const path = join(folder, `scrípt${extension}`);
    writeFileSync(path, runtime.language === 'python' ? `import t\n${source}` : source);
    writeFileSync(join(folder, runtime.language === 'python' ? 'modü.py' : 'mod ü.lua'), module);
    const host = new TestHost();
    const engine = await runtime.createEngine(host, {});
    onTestFinished(() => engine.close());
    let fn: ScriptValue;
    const keep = (value: ScriptValue): void => {
      fn = value;
    };
    engine.define({ name: 't', functions: { keep } });
    await engine.load(path);
    expect(fn).toBeInstanceOf(ScriptFunction);
    expect((fn as ScriptFunction).where).toMatch(new RegExp(`^${path}:\\d+$`));
    // Twice: the second call may run in another version.
    for (let i = 0; i < 2; i++) {
      const error = await new Promise((resolve) => {
        try {
          engine.callNamed(fn as ScriptFunction, new NamedArguments(), { settled: resolve });
          engine.flush();
        } catch (thrown) {
          resolve(thrown);
        }
      });
      expect(error).toMatchObject({ script: path, traceback: expect.stringContaining(path) });
    }
    expect(host.logged.filter(({ level }) => level !== 'debug')).toEqual(
      [1, 2].map(() => ({ level: 'info', message: 'ä€', script: path })),
    );
  });

  it('requires modules whose names are not ASCII', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offload-names-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [extension, , module] = SCRIPTS[runtime.language as keyof typeof SCRIPTS];
    writeFileSync(join(folder, `modü${extension}`), module);
    const engine = await runtime.createEngine(new TestHost(), { searchPath: [folder] });
    onTestFinished(() => engine.close());
    await expect((async () => engine.require('modü'))()).resolves.toBeDefined();
  });
});
