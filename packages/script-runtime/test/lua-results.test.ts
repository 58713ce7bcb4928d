import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CoroutineObject,
  NamedArguments,
  PENDING,
  ScriptFunction,
  type ScriptRuntime,
  type ScriptRuntimeError,
  type ScriptValue,
} from '../src/index.js';
import { fengari } from '../src/runtimes/fengari.js';
import { lua } from '../src/runtimes/lua.js';
import { PATIENT_MS, SHORT_MS, TestHost } from './conformance/test-host.js';

let folder: string | undefined;
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

/** An engine with the module `later`, and the function the script returns. */
async function start(runtime: ScriptRuntime, source: string) {
  folder = mkdtempSync(join(tmpdir(), 'offload-lua-'));
  const path = join(folder, 'script.lua');
  writeFileSync(path, source);
  const host = new TestHost();
  const engine = await runtime.createEngine(host, {});
  engine.define({ name: 'later', functions: { wait: () => Promise.resolve(true) } });
  const { result } = await engine.load(path);
  expect(result).toBeInstanceOf(ScriptFunction);
  return { host, engine, path, fn: result as ScriptFunction };
}

describe.each([lua, fengari])('$engine: call()', (runtime) => {
  it('gives the host a coroutine that it can give back', async () => {
    const { engine, fn } = await start(
      runtime,
      `local thread = coroutine.create(print)
      return function(given) if given == nil then return thread end return given == thread and type(given) end`,
    );
    const call = { settled: () => {} };
    const thread = engine.call(fn, [], call) as ScriptValue;
    expect(thread).toBeInstanceOf(CoroutineObject);
    expect(engine.call(fn, [thread], call)).toBe('thread');
  });

  it.each([
    ['os.exit(3)', 'os.exit is not available: a script cannot end the server'],
    ['os.execute("true")', 'os.execute is not available: a script cannot start programs'],
  ])('refuses %s in words that say why, and costs that call only', async (call, text) => {
    const { engine, path, fn } = await start(runtime, `return function(x) if x then return x end\n${call} end`);
    const thrown = (): unknown => engine.call(fn, [], { settled: () => {} });
    expect(thrown).toThrow(
      expect.objectContaining({ message: `${path}:2: ${text}`, code: 'SCRIPT_ERR_RUNTIME', line: 2 }),
    );
    expect(engine.call(fn, [7], { settled: () => {} })).toBe(7);
  });

  it('reports a result the host cannot take as a fault, at once or after a wait', async () => {
    const { host, engine, fn, path } = await start(
      runtime,
      `return function(wait)
        if wait then later.wait() end
        return newproxy and newproxy() or debug.upvalueid(function() return wait end, 1)
      end`,
    );
    const place = runtime === lua ? { script: path } : {};
    const error = await new Promise<ScriptRuntimeError | null>((resolve) => {
      expect(engine.call(fn, [true], { settled: resolve })).toBe(PENDING);
    });
    expect(error).toMatchObject({ name: 'ScriptRuntimeError', code: 'SCRIPT_ERR_RUNTIME', ...place });
    expect(error?.message).toContain('a userdata of the script cannot be given to the host');
    expect(() => engine.call(fn, [false], { settled: () => {} })).toThrow(
      expect.objectContaining({ name: 'ScriptRuntimeError', code: 'SCRIPT_ERR_RUNTIME', ...place }),
    );
    expect([host.held, host.depth, host.current]).toEqual([0, 0, null]);
    await engine.close();
  });

  it('names the script that is past its deadline although it catches every error', async () => {
    const { host, engine, fn, path } = await start(
      runtime,
      `local n = 0
      return function() n = n + 1 if n == 3 then pcall(function() while true do end end) end end`,
    );
    const call = () => engine.callNamed(fn, new NamedArguments(), { settled: () => {} });
    call();
    call();
    host.timeoutMs = SHORT_MS;
    expect(call).toThrow(expect.objectContaining({ code: 'SCRIPT_ERR_DEADLINE', script: path }));
    expect([host.held, host.depth, host.current]).toEqual([0, 0, null]);
    host.timeoutMs = PATIENT_MS;
    expect(call()).not.toBe(PENDING);
    await engine.close();
  });
});

describe('lua: call()', () => {
  it('fails once where a host function without blocking version has to wait, and is suspended from then on', async () => {
    const { engine, fn } = await start(lua, 'return function(wait) if wait then later.wait() end return wait end');
    const call = (wait: boolean) => engine.call(fn, [wait], { settled: () => {} });
    expect(call(false)).toBe(false);
    expect(() => call(true)).toThrow("'wait' has to wait");
    expect(call(true)).toBe(PENDING);
    await engine.close();
  });
});
