import { afterEach, describe, expect, it } from 'vitest';
import { Watch } from '../src/protocol.js';
import { Runner } from '../src/runner.js';

let runner: Runner | undefined;
afterEach(() => runner?.kill());

/** A runner that never starts, and what its worker would write into. */
function makeRunner() {
  const handlers = { record() {}, log() {}, message() {}, call() {}, rung() {}, lost() {} };
  const times = { timeoutMs: 100, loadTimeoutMs: 1000, startTimeoutMs: 1000 };
  const made = new Runner({ worker: 0, entry: new URL('file:///none'), data: {}, ringBytes: 4096, ...times }, handlers);
  runner = made;
  made.state = 'started';
  return { runner: made, words: new Int32Array(made.init.watch) };
}

describe('Runner.checkDeadline()', () => {
  it('interrupts a script before it gives its thread up, however late it is called', () => {
    const { runner, words } = makeRunner();
    words[Watch.Sequence] = 7;
    words[Watch.Busy] = 1;
    expect(runner.checkDeadline(1000, 50)).toBe(false);
    expect(words[Watch.Interrupt]).toBe(0);
    expect(runner.checkDeadline(9000, 50)).toBe(false);
    expect(words[Watch.Interrupt]).toBe(7);
    expect(runner.checkDeadline(9049, 50)).toBe(false);
    expect(runner.checkDeadline(9050, 50)).toBe(true);
  });

  it('ends the interrupt with the stretch it was for', () => {
    const { runner, words } = makeRunner();
    words[Watch.Sequence] = 7;
    words[Watch.Busy] = 1;
    runner.checkDeadline(0, 50);
    runner.checkDeadline(100, 50);
    expect(words[Watch.Interrupt]).toBe(7);
    words[Watch.Sequence] = 8;
    expect(runner.checkDeadline(200, 50)).toBe(false);
    expect(words[Watch.Interrupt]).toBe(0);
    expect(runner.checkDeadline(299, 50)).toBe(false);
    expect(words[Watch.Interrupt]).toBe(0);
  });
});
