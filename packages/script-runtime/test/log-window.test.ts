import { describe, expect, it, vi } from 'vitest';
import { LogWindow } from '../src/log-window.js';
import { WATCH_BYTES } from '../src/protocol.js';

const HALF = 'x'.repeat(2048 * 256);

function windows() {
  const memory = new SharedArrayBuffer(WATCH_BYTES);
  return { worker: new LogWindow(memory), pool: new LogWindow(memory) };
}

describe('LogWindow', () => {
  it('lets lines pass while there are few; while there are many, none of a script that has no time left', () => {
    const { worker, pool } = windows();
    const isOver = vi.fn(() => true);
    expect([HALF, HALF].map((line) => worker.enter(line, isOver))).toEqual([true, true]);
    expect(isOver).not.toHaveBeenCalled();
    expect(worker.enter('a', isOver)).toBe(false);
    for (const line of [HALF, HALF]) pool.leave(line);
    expect(worker.enter('b', isOver)).toBe(true);
    expect(isOver).toHaveBeenCalledTimes(1);
  });

  it('waits for room while there is time', () => {
    const { worker, pool } = windows();
    for (const line of [HALF, HALF]) worker.enter(line, () => false);
    // Asked before each wait.
    const isOver = vi.fn(() => {
      if (isOver.mock.calls.length === 3) pool.leave(HALF);
      return false;
    });
    expect(worker.enter('a', isOver)).toBe(true);
    expect(isOver).toHaveBeenCalledTimes(3);
    expect(worker.lossText()).toBeUndefined();
  });

  it('loses lines once nobody takes any, without waiting for each, and says so when there is room again', () => {
    const { worker, pool } = windows();
    const isOver = vi.fn(() => false);
    for (const line of [HALF, HALF]) worker.enter(line, isOver);
    expect(worker.enter('a', isOver)).toBe(false);
    const asked = isOver.mock.calls.length;
    expect(worker.enter('b', isOver)).toBe(false);
    expect(isOver).toHaveBeenCalledTimes(asked);
    pool.leave(HALF);
    expect(worker.enter('c', isOver)).toBe(true);
    expect(worker.lossText()).toMatch(/^2 lines of the log are lost/);
    expect(worker.lossText()).toBeUndefined();
  });

  it('gives the pool what a worker that says nothing more has lost, once', () => {
    const { worker, pool } = windows();
    for (const line of [HALF, HALF]) worker.enter(line, () => true);
    worker.enter('a', () => true);
    expect(pool.leave(HALF)).toBe(false);
    expect(pool.leave(HALF)).toBe(true);
    expect(pool.takeLossText()).toMatch(/^1 line of the log is lost: lines came faster/);
    expect([pool.takeLossText(), worker.lossText()]).toEqual([undefined, undefined]);
  });
});
