import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CongestionLog } from '../src/io/congestion-log.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('CongestionLog is silent about ordinary backpressure and says once what lasts', () => {
  const lines: string[] = [];
  const log = new CongestionLog((level, message) => lines.push(`${level} ${message}`));
  for (let i = 0; i < 100; i++) {
    log.changed(true);
    vi.advanceTimersByTime(10);
    log.changed(false);
  }
  expect(lines).toEqual([]);
  log.changed(true);
  vi.advanceTimersByTime(5000);
  log.changed(false);
  expect(lines).toEqual([expect.stringMatching(/^warn .*behind/), expect.stringMatching(/^info .*caught up/)]);
});
