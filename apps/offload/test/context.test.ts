import { describe, expect, it } from 'vitest';
import { processContext } from '../src/context.js';

describe('processContext()', () => {
  it('onStopSignal() hears of SIGINT, SIGTERM, SIGUSR1 and a terminal that is closed, until it is ended', () => {
    const heard: string[] = [];
    const end = processContext().onStopSignal((signal) => heard.push(signal));
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;
    const before = signals.map((signal) => process.listenerCount(signal));
    for (const signal of signals) process.listeners(signal).at(-1)?.(signal);
    expect(heard).toEqual(signals);
    end();
    expect(signals.map((signal) => process.listenerCount(signal))).toEqual(before.map((count) => count - 1));
  });
});
