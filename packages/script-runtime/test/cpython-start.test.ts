import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineOptions } from '../src/runtime.js';
import type { CPythonEngine } from '../src/runtimes/cpython/engine.js';
import { cpython } from '../src/runtimes/cpython.js';
import { Bench } from './conformance/bench.js';
import { TestHost } from './conformance/test-host.js';

describe('cpython', () => {
  let bench: Bench;
  const open = async (options: EngineOptions = {}): Promise<void> => {
    bench = await Bench.create(cpython, options);
  };
  const load = (source: string): unknown => bench.engine.load(bench.write('s.py', `import os, signal, t\n${source}`));
  afterEach(() => bench.close());

  it('load() names the script with which the process ends, and one that is too complex', async () => {
    await open();
    const ended = (how: string) => ({
      code: 'SCRIPT_ERR_HOST',
      script: expect.stringMatching(/s\.py$/),
      message: expect.stringMatching(new RegExp(`^Python process \\d+ ${how}$`)),
    });
    const last = 'print("last words")';
    await expect((async () => load(`${last}\nos._exit(3)`))()).rejects.toMatchObject(ended('ended with exit code 3'));
    expect(bench.host.logged).toContainEqual(expect.objectContaining({ message: 'last words' }));
    await bench.close();
    await open({ settings: { loadTimeoutMs: 200 } });
    const hang = async (): Promise<unknown> => load('import re\nre.match("(a+)+$", "a" * 40 + "b")');
    const how = 'did not come back from a function in C and was ended';
    await expect(hang()).rejects.toMatchObject(ended(how));
    await bench.close();
    await open();
    const complex = { code: 'SCRIPT_ERR_SYNTAX', script: expect.stringMatching(/s\.py$/) };
    await expect((async () => load(`x = ${'-'.repeat(100_000)}1`))()).rejects.toMatchObject(complex);
  });

  it('load() names the line of a byte that is no source, and does not take the time of a call for that of loading', async () => {
    await open({ settings: { loadTimeoutMs: 200 } });
    const load = async (source: string): Promise<unknown> => bench.engine.load(bench.write('s.py', source));
    await expect(load('import os\nx = 1\0\n')).rejects.toMatchObject({ code: 'SCRIPT_ERR_SYNTAX', line: 2 });
    await expect(load('while True: pass')).rejects.toMatchObject({
      code: 'SCRIPT_ERR_DEADLINE',
      message: 'script timed out while it loaded',
    });
  });

  it('create() finds modules in settings.path, and files beside the script', async () => {
    await open();
    const folder = join(dirname(bench.write('x', '')), 'site');
    mkdirSync(folder);
    bench.write('site/pure.py', 'name = "pure"');
    bench.write('data.txt', 'content');
    const host = new TestHost();
    const engine = await cpython.createEngine(host, { settings: { path: [folder] } });
    const notes: unknown[] = [];
    engine.define({ name: 't', functions: { note: (...values) => void notes.push(...values) } });
    const source = `import os, pure, t\nt.note(pure.name, open(os.path.join(os.path.dirname(__file__), "data.txt")).read())`;
    await engine.load(bench.write('uses.py', source));
    expect(notes).toEqual(['pure', 'content']);
    await engine.close();
  });

  describe('createEngine()', () => {
    beforeEach(() => open());
    const create = (executable: string): Promise<unknown> =>
      Promise.resolve(cpython.createEngine(new TestHost(), { settings: { executable } }));
    const program = async (source: string): Promise<string> => {
      const path = bench.write('python', `#!/bin/sh\n${source}\n`);
      chmodSync(path, 0o755);
      return path;
    };

    it('says that the program is missing', async () => {
      await expect(create('/nowhere/python3')).rejects.toMatchObject({
        code: 'SCRIPT_ERR_UNSUPPORTED',
        message: "Cannot start Python '/nowhere/python3': there is no such program; Python 3.9 or later is needed",
      });
    });
    it.each(['.', 'package.json'])('says that %s is no program', async (path) => {
      await expect(create(resolve(path))).rejects.toThrow(
        /^Cannot start Python '.*': it is a folder, or nothing that may/,
      );
    });
    it('says that the program is too old', async () => {
      const path = await program('echo "offload: Python 3.7 is too old" >&2; exit 3');
      await expect(create(path)).rejects.toThrow(/: Python 3.7 is too old; Python 3.9 or later is needed/);
    });
    it.each(['-I', '-s -E'])('takes an interpreter with options of its own: %s', async (options) => {
      const engine = (await create(await program(`exec python3 ${options} "$@"`))) as CPythonEngine;
      expect(engine.version).toMatch(/^3\./);
      await engine.close();
    });
    it('says what a program said that is no Python', async () => {
      await expect(create(await program('echo "what?" >&2; exit 4'))).rejects.toThrow(
        /: it ended with exit code 4:\nwhat\?/,
      );
    });
  });
});
