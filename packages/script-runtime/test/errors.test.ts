import { describe, expect, it } from 'vitest';
import { ScriptRuntimeError } from '../src/errors.js';

describe('ScriptRuntimeError', () => {
  it('keeps both ends of a text that no log could hold', () => {
    const text = `a.lua:1: ${'x'.repeat(10_000_000)} end`;
    const { message, traceback } = new ScriptRuntimeError({
      code: 'SCRIPT_ERR_RUNTIME',
      message: text,
      traceback: text,
    });
    expect(message).toMatch(/^a\.lua:1: x+ \.\.\. 9983629 characters more \.\.\. x+ end$/);
    expect(message.length).toBeLessThan(17_000);
    expect(traceback).toMatch(/^a\.lua:1: x+ \.\.\. 9737869 characters more \.\.\. x+ end$/);
  });

  it('leaves a long traceback whole', () => {
    const traceback = '  File "a.py", line 1, in f\n'.repeat(2000);
    expect(new ScriptRuntimeError({ code: 'SCRIPT_ERR_RUNTIME', message: 'm', traceback }).traceback).toBe(traceback);
  });
});
