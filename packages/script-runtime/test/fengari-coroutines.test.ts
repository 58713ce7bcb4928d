import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PENDING } from '../src/runtime.js';
import { fengari } from '../src/runtimes/fengari.js';
import type { ScriptTable } from '../src/value.js';
import { Bench } from './conformance/bench.js';
import { fengariScripts } from './support/fengari-scripts.js';

describe('fengari', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.create(fengari, {});
  });
  afterEach(() => bench.close());
  const { run } = fengariScripts(() => bench);

  describe('coroutines', () => {
    it('coroutine works as in Lua 5.3', async () => {
      expect(
        await run(`
          local co = coroutine.create(function(a) local b = coroutine.yield(a + 1); error("end " .. b) end)
          t.note(coroutine.resume(co, 1))
          t.note(coroutine.status(co), coroutine.isyieldable(), select(2, coroutine.running()))
          t.note(coroutine.resume(co, "x"))
          t.note(coroutine.status(co), coroutine.resume(co))
          for value in coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end) do t.note(value) end`),
      ).toEqual([
        [true, 2],
        ['suspended', false, true],
        [false, expect.stringMatching(/:2: end x$/)],
        ['dead', false, 'cannot resume dead coroutine'],
        [1],
        [2],
      ]);
    });
    it('coroutine.yield() outside of a coroutine is an error', async () => {
      await expect(run('coroutine.yield(1)')).rejects.toThrow(/attempt to yield from outside a coroutine/);
    });
    it('call() suspends the whole script when a coroutine of it waits', async () => {
      await run(`
        t.register("generator", function()
          local step = coroutine.wrap(function()
            local first = t.wait("one")
            coroutine.yield(first + 1)
            coroutine.yield(pcall(t.wait, "two"))
          end)
          return { step(), step() }
        end)`);
      const started = bench.start('generator');
      expect(started.first).toBe(PENDING);
      (await bench.waiting('one')).resolve(1);
      (await bench.waiting('two')).reject(new Error('gone'));
      const table = (await started.settled) as ScriptTable;
      expect([table.get(1), table.get(2)]).toEqual([2, false]);
    });
    it('coroutine.resume() leaves coroutines alone that wait for the host', async () => {
      await run(`
        t.register("wait", function() shared = coroutine.create(function() return t.wait("x") end)
          return select(2, coroutine.resume(shared)) end)
        t.register("meddle", function() return select(2, coroutine.resume(shared)) end)`);
      const started = bench.start('wait');
      expect(await bench.call('meddle')).toBe('cannot resume a coroutine that waits for the host');
      (await bench.waiting('x')).resolve('kept');
      expect(await started.settled).toBe('kept');
    });
    it('call() suspends inside metamethods and iterators of the script', async () => {
      await run(`
        t.register("meta", function()
          local mt = { __index = function(_, key) return t.wait(key) end, __lt = function() return t.wait("lt") end,
            __concat = function() return t.wait("concat") end }
          local a, b = setmetatable({}, mt), setmetatable({}, mt)
          t.note(a.field, a < b, "x" .. a)
          for value in function(_, last) return last == nil and t.wait("next") or nil end do t.note(value) end
        end)`);
      const started = bench.start('meta');
      for (const [label, value] of [
        ['field', 1],
        ['lt', true],
        ['concat', 'c'],
        ['next', 'n'],
      ] as const) {
        (await bench.waiting(label)).resolve(value);
      }
      await started.settled;
      expect(bench.notes).toEqual([[1, true, 'c'], ['n']]);
    });
    it('coroutine.resume() does not reach the thread of another call', async () => {
      await run(`
        t.register("wait", function() kept = coroutine.running() return t.wait("x") end)
        t.register("meddle", function() return select(2, coroutine.resume(kept)) end)`);
      const started = bench.start('wait');
      expect(await bench.call('meddle')).toBe('cannot resume a coroutine that waits for the host');
      (await bench.waiting('x')).resolve('kept');
      expect(await started.settled).toBe('kept');
      expect(await bench.call('meddle')).toMatch(/^cannot resume/);
    });
    it('call() refuses to wait where Lua cannot be suspended', async () => {
      await expect(run('table.sort({ 2, 1 }, function() return t.wait("x") end)')).rejects.toThrow(
        /attempt to wait where the script cannot be suspended/,
      );
    });
    it('call() uses the blocking version where Lua cannot be suspended', async () => {
      const sleep = Object.assign(async () => 'waited', { blocking: () => 'blocked' });
      bench.engine.define({ name: 'b', functions: { sleep } });
      await run(
        't.register("both", function() return b.sleep(), (("x"):gsub("x", function() return b.sleep() end)) end)',
      );
      await run('t.register("inside", function() return (("x"):gsub("x", function() return b.sleep() end)) end)');
      expect(await bench.call('both')).toBe('waited');
      expect(await bench.call('inside')).toBe('blocked');
    });
  });
});
