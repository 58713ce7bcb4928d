import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FaultLog } from '../src/io/fault-log.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function collect() {
  const lines: string[] = [];
  return { lines, log: new FaultLog((_level, message) => lines.push(message)) };
}
const fault = (line: number) => ({ code: 'SCRIPT_ERR_RUNTIME', message: `boom ${line}`, script: 'a.lua', line });

describe('FaultLog', () => {
  it('writes ten lines of one fault in 10 s and says how many more there were', () => {
    const { lines, log } = collect();
    for (let i = 0; i < 25; i++) log.write(fault(1), {});
    expect(lines).toEqual(Array(10).fill('a.lua:1: boom 1'));
    vi.advanceTimersByTime(10_000);
    expect(lines[10]).toBe('15 more like this in the last 10 s: a.lua:1: boom 1');
    log.write(fault(1), {});
    expect(lines[11]).toBe('a.lua:1: boom 1');
  });

  it('says where the fault is, once', () => {
    const { lines, log } = collect();
    const code = 'SCRIPT_ERR_RUNTIME';
    log.write({ code, message: 'a.lua:1: boom', script: 'a.lua', line: 1 }, {});
    log.write({ code, message: 'boom', script: 'b.lua' }, {});
    log.write({ code, message: 'boom' }, {});
    expect(lines).toEqual(['a.lua:1: boom', 'b.lua: boom', 'boom']);
  });

  it('counts different faults apart, up to a bound', () => {
    const { lines, log } = collect();
    for (let i = 0; i < 5000; i++) log.write(fault(i), {});
    expect(lines.length).toBeLessThan(1100);
    vi.advanceTimersByTime(10_000);
    expect(lines.at(-1)).toMatch(/^\d+ more like this/);
  });
});
