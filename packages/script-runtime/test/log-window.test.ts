import { describe, expect, it, vi } from 'vitest';
import { LogWindow } from '../src/log-window.js';
import { WATCH_BYTES } from '../src/protocol.js';

const HALF = 'x'.repeat(2048 * 256);

describe('LogWindow', () => {
  it('lets lines pass while there are few, and waits while there are many, until there is room or time is over', () => {
    const memory = new SharedArrayBuffer(WATCH_BYTES);
    const worker = new LogWindow(memory);
    const pool = new LogWindow(memory);
    const isOver = vi.fn(() => true);
    worker.enter(HALF, isOver);
    worker.enter(HALF, isOver);
    expect(isOver).not.toHaveBeenCalled();
    worker.enter('a', isOver);
    expect(isOver).toHaveBeenCalledTimes(1);
    for (const line of [HALF, HALF, 'a']) pool.leave(line);
    worker.enter('b', isOver);
    expect(isOver).toHaveBeenCalledTimes(1);
  });

  it('does not wait for ever for a pool that takes nothing', () => {
    const worker = new LogWindow(new SharedArrayBuffer(WATCH_BYTES));
    const isOver = vi.fn(() => false);
    for (const line of [HALF, HALF, 'a']) worker.enter(line, isOver);
    expect(isOver).toHaveBeenCalled();
  });
});
