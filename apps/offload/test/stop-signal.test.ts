import { describe, expect, test } from 'vitest';
import type { Logger } from '../src/logger.js';
import { StopSignal } from '../src/stop-signal.js';

/** A process that gets signals at given times; what becomes of it. */
function play(...signals: readonly (readonly [signal: NodeJS.Signals, atMs: number])[]): string[] {
  const happened: string[] = [];
  let deliver: (signal: NodeJS.Signals) => void = () => {};
  let ms = 0;
  const logger = { info: () => happened.push('stopping'), warn: () => happened.push('at once') };
  const context = {
    onStopSignal: (callback: (signal: NodeJS.Signals) => void) => {
      deliver = callback;
      return () => {};
    },
    exit: (code: number) => void happened.push(`exit ${code}`),
  };
  new StopSignal(context, logger as unknown as Logger, () => ms);
  for (const [signal, atMs] of signals) {
    ms = atMs;
    deliver(signal);
  }
  return happened;
}

describe('StopSignal', () => {
  test('StopSignal takes the first signal for a graceful stop, and one after it for the end', () => {
    expect(play(['SIGTERM', 0])).toEqual(['stopping']);
    expect(play(['SIGTERM', 0], ['SIGTERM', 1000])).toEqual(['stopping', 'at once', 'exit 1']);
    expect(play(['SIGTERM', 0], ['SIGINT', 1])).toEqual(['stopping', 'at once', 'exit 1']);
  });

  test('StopSignal takes signals of one kind that come together for one, as timeout and npm send them', () => {
    expect(play(['SIGINT', 0], ['SIGINT', 1], ['SIGINT', 20])).toEqual(['stopping']);
    expect(play(['SIGINT', 0], ['SIGINT', 1], ['SIGINT', 900])).toEqual(['stopping', 'at once', 'exit 1']);
  });
});
