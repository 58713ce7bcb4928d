import { join } from 'node:path';
import { expect } from 'vitest';
import type { ScriptTable } from '../../src/value.js';
import type { Suite } from './suite.js';
import { PATIENT_MS, SHORT_MS } from './test-host.js';

export function moduleTests(suite: Suite): void {
  const { test } = suite;
  test('define() shows constants, nested ones too', async () => {
    expect(await suite.bench.call('constants')).toBe(42);
    expect(suite.bench.notes).toEqual([[42, 'bench', true, 0.5, 2, 3]]);
  });
  test('define() drops the object of a method call in colon style', async () => {
    await suite.bench.call('method_style');
    expect(suite.bench.notes).toEqual([[2, 'x']]);
  });
  test('load() finds modules beside the script', async () => {
    await suite.bench.call('modules');
    expect(suite.bench.notes).toEqual([['helper', 'inner']]);
  });
  test('require() gives a module to the host', async () => {
    const module = (await suite.bench.engine.require('helper')) as ScriptTable;
    expect(module.get('name')).toBe('helper');
  });
  test('setGlobal() is seen by scripts loaded later', async () => {
    suite.bench.engine.setGlobal('greeting', 'hello');
    const path = join(suite.folder, `main${suite.extension}`);
    expect((await suite.bench.engine.load(path)).path).toBe(path);
  });
  test('load() waits for a script that waits', async () => {
    const loading = suite.bench.engine.load(join(suite.folder, `waits${suite.extension}`));
    (await suite.bench.waiting('load')).resolve('done');
    await loading;
    expect(suite.bench.host.held).toBe(0);
  });
}

export function errorTests(suite: Suite): void {
  const { test } = suite;
  const script = join(suite.folder, `main${suite.extension}`);
  const { language } = { language: suite.folder.split('/').at(-2) };
  test('call() reports an error with script, line and traceback', async () => {
    const error = suite.bench.call('raise');
    await expect(error).rejects.toMatchObject({
      code: 'SCRIPT_ERR_RUNTIME',
      script,
      line: suite.line('raise'),
      language,
    });
    await expect(error).rejects.toThrow(/boom/);
    const deep = suite.bench.call('raise_deep');
    await expect(deep).rejects.toMatchObject({ code: 'SCRIPT_ERR_RUNTIME', script, line: suite.line('raise_deep') });
    expect((await deep.catch((e) => e)).traceback).toContain(`main${suite.extension}`);
  });
  test('call() raises what a host function throws at the line of the script', async () => {
    const error = suite.bench.call('host_error');
    await expect(error).rejects.toMatchObject({ code: 'SCRIPT_ERR_RUNTIME', script, line: suite.line('host_error') });
    await expect(error).rejects.toThrow(/refused/);
    await expect(suite.bench.call('host_crash')).rejects.toThrow(/a bug of the host/);
  });
  test('call() lets scripts catch errors of host functions', async () => {
    expect(await suite.bench.call('host_error_caught')).toBe('went on');
    expect(suite.bench.notes[0]?.[0]).toBe(false);
    expect(suite.bench.notes[0]?.[1]).toContain('refused');
  });
  test('call() works after an error', async () => {
    await expect(suite.bench.call('raise')).rejects.toThrow();
    expect(await suite.bench.call('sum', 1, 2)).toBe(3);
    expect(suite.bench.host.depth).toBe(0);
    expect(suite.bench.host.current).toBe(null);
  });
  const loading = async (name: string): Promise<unknown> => suite.bench.engine.load(join(suite.folder, name));
  test('load() reports a syntax error with its line', async () => {
    const path = `syntax${suite.extension}`;
    const data = { code: 'SCRIPT_ERR_SYNTAX', script: join(suite.folder, path), line: suite.line('syntax', 'syntax') };
    await expect(loading(path)).rejects.toMatchObject(data);
    await expect(loading(`requires_syntax${suite.extension}`)).rejects.toMatchObject(data);
  });
  test('load() reports an error at load, a missing module and a missing file', async () => {
    const broken = `broken${suite.extension}`;
    const data = {
      code: 'SCRIPT_ERR_RUNTIME',
      script: join(suite.folder, broken),
      line: suite.line('broken', 'broken'),
    };
    await expect(loading(broken)).rejects.toMatchObject(data);
    await expect(loading(`requires_missing${suite.extension}`)).rejects.toMatchObject({
      code: 'SCRIPT_ERR_RUNTIME',
      line: suite.line('missing', 'requires_missing'),
    });
    await expect(loading(`none${suite.extension}`)).rejects.toMatchObject({ code: 'SCRIPT_ERR_LOAD' });
    expect(await suite.bench.call('sum', 1, 2)).toBe(3);
  });
}

export function deadlineTests(suite: Suite): void {
  const test: Suite['test'] = (name, body) => {
    suite.test(name, () => {
      suite.bench.host.timeoutMs = SHORT_MS;
      return body();
    });
  };
  const script = join(suite.folder, `main${suite.extension}`);
  test('call() stops an endless loop and names its line', async () => {
    const error = await suite.bench.call('loop').catch((e) => e);
    expect(error).toMatchObject({ code: 'SCRIPT_ERR_DEADLINE', script });
    // Compiled engines look at the clock where the loop begins.
    expect([suite.line('loop') - 1, suite.line('loop')]).toContain(error.line);
    suite.bench.host.timeoutMs = PATIENT_MS;
    expect(await suite.bench.call('sum', 1, 2)).toBe(3);
  });
  test('call() stops a loop that catches every error', async () => {
    await expect(suite.bench.call('loop_protected')).rejects.toMatchObject({ code: 'SCRIPT_ERR_DEADLINE', script });
    suite.bench.host.timeoutMs = PATIENT_MS;
    expect(await suite.bench.call('sum', 1, 2)).toBe(3);
  });
  test('call() stops a loop behind an error that was caught', async () => {
    await expect(suite.bench.call('loop_after_error')).rejects.toMatchObject({ code: 'SCRIPT_ERR_DEADLINE' });
  });
  test('call() stops a loop behind a wait', async () => {
    const started = suite.bench.start('wait_then_loop', 'late');
    (await suite.bench.waiting('late')).resolve(null);
    await expect(started.settled).rejects.toMatchObject({ code: 'SCRIPT_ERR_DEADLINE', script });
    expect(suite.bench.host.depth).toBe(0);
  });
}

export function outputTests(suite: Suite): void {
  const { test } = suite;
  test('call() sends what a script prints to the log, line by line', async () => {
    await suite.bench.call('prints');
    const printed = suite.differences.printed ?? ['one\t2\ttrue', 'partial', 'next line'];
    expect(suite.bench.host.logged.map(({ message }) => message)).toEqual(printed);
    for (const { level, script } of suite.bench.host.logged) {
      expect(level).toBe('info');
      expect(script).toBe(join(suite.folder, `main${suite.extension}`));
    }
  });
}
