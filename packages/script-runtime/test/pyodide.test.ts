import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { pyodide } from '../src/runtimes/pyodide.js';
import type { ScriptTable } from '../src/value.js';
import { Bench } from './conformance/bench.js';
import { ENGINES } from './conformance/engines.js';
import { conformance } from './conformance.js';

conformance(pyodide, ENGINES.pyodide);

describe('pyodide', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.create(pyodide, ENGINES.pyodide.options ?? {});
  });
  afterEach(() => bench.close());
  const load = (source: string): unknown => bench.engine.load(bench.write('s.py', `import os, t\n${source}`));

  it('gives its thread up when the interpreter has ended, and says why', async () => {
    await load('t.register("end", lambda: os._exit(7))\nt.register("fine", lambda: 1)');
    const ended = { code: 'SCRIPT_ERR_HOST', message: expect.stringMatching(/^Python \(Pyodide\) ended: .*exit\(7\)/) };
    await expect(bench.call('end')).rejects.toMatchObject(ended);
    expect(bench.host.gaveUp).toMatchObject(ended);
    await expect(bench.call('fine')).rejects.toMatchObject(ended);
  });

  it('leaves the exit code of the process alone when a script ends the interpreter', async () => {
    const { exitCode } = process;
    onTestFinished(() => void (process.exitCode = exitCode));
    process.exitCode = undefined;
    await load('t.register("end", lambda: os._exit(7))');
    await expect(bench.call('end')).rejects.toMatchObject({ code: 'SCRIPT_ERR_HOST' });
    expect(process.exitCode).toBeUndefined();
  });

  it('logs what Pyodide says of its end', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => printed.mockRestore());
    await load('import ctypes\nt.register("end", lambda: ctypes.string_at(0x7fffffff, 100000000))');
    const message = 'Python (Pyodide) ended: memory access out of bounds';
    await expect(bench.call('end')).rejects.toMatchObject({ code: 'SCRIPT_ERR_HOST', message });
    expect(printed).not.toHaveBeenCalled();
    expect(bench.host.logged).toContainEqual({
      level: 'error',
      message: expect.stringMatching(/fatal error[\s\S]*RuntimeError: memory access out of bounds\n {4}at /),
      script: undefined,
    });
  });

  it('gives its thread up when a script has broken what runs it', async () => {
    await load('import builtins\ndef spoil(): builtins.BaseException = 0; 1 / 0\nt.register("spoil", spoil)');
    const failed = { code: 'SCRIPT_ERR_HOST', message: expect.stringMatching(/^Python \(Pyodide\) failed: /) };
    await expect(bench.call('spoil')).rejects.toMatchObject(failed);
    expect(bench.host.gaveUp).toMatchObject(failed);
    await expect(bench.call('spoil')).rejects.toMatchObject(failed);
  });

  it('call() moves values of any size to functions of the host and back', async () => {
    await load('t.register("sizes", lambda *sizes: [len(t.echo("x" * size)) for size in sizes])');
    const sizes = [1 << 15, 1 << 16, 200_000, 10, 3_000_000];
    const moved = (await bench.call('sizes', ...sizes)) as ScriptTable;
    expect([...moved.entries()].map(([, size]) => size)).toEqual(sizes);
  });

  it('logs what does not go through streams of Python, and has an end of input', async () => {
    await load(`
def run():
    os.write(1, b"raw out\\n")
    os.write(2, b"raw err\\n")
    return len(os.read(0, 10))
t.register("run", run)`);
    expect(await bench.call('run')).toBe(0);
    expect(bench.host.logged.slice(-2).map(({ level, message }) => [level, message])).toEqual([
      ['info', 'raw out'],
      ['warn', 'raw err'],
    ]);
  });
});
