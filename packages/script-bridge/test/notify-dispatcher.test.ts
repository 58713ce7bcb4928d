import {
  PENDING,
  type ScriptCall,
  type ScriptEngine,
  type ScriptFunction,
  ScriptRuntimeError,
  type WorkerPort,
} from '@offload/script-runtime';
import { Writer, writeMessages } from '@offload/spop-codec';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callNow, isOver } from '../src/worker/callback-call.js';
import { MessageRegistry } from '../src/worker/message-registry.js';
import { NotifyDispatcher } from '../src/worker/notify-dispatcher.js';
import { PendingCalls } from '../src/worker/pending-calls.js';

const TIMED_OUT = new ScriptRuntimeError({ code: 'SCRIPT_ERR_DEADLINE', message: 'timed out' });

/** A dispatcher in front of an engine whose calls all wait, and what both were told. */
function makeDispatcher() {
  const replies: number[] = [];
  const calls: ScriptCall[] = [];
  const lines: string[] = [];
  let held = 0;
  const port = {
    timeoutMs: 1000,
    reply: (id: number) => replies.push(id),
    log: (level: string, message: string) => lines.push(`${level}: ${message}`),
    hold: () => held++,
    release: () => held--,
  } as unknown as WorkerPort;
  const engine = {
    callNamed(_fn: ScriptFunction, _args: unknown, call: ScriptCall) {
      calls.push(call);
      return PENDING;
    },
    cancel: (call: ScriptCall) => call.settled(TIMED_OUT, undefined),
  } as unknown as ScriptEngine;
  const registry = new MessageRegistry();
  registry.add({ name: 'm', fn: {} as ScriptFunction, engine, where: 'x:1', file: 'x' });
  const dispatcher = new NotifyDispatcher(port, registry, new PendingCalls(port));
  const notify = (id: number, name = 'm'): ScriptCall => {
    const w = new Writer();
    writeMessages(w, [{ name, args: [] }]);
    const payload = w.view().slice();
    dispatcher.handle(id, payload, 0, payload.length);
    return calls.at(-1) as ScriptCall;
  };
  return { notify, replies, lines, held: () => held };
}

afterEach(() => vi.useRealTimers());

describe('NotifyDispatcher', () => {
  it('uses no call again whose script may still be under way', () => {
    const { notify, replies } = makeDispatcher();
    const cancelled = notify(1);
    cancelled.settled(TIMED_OUT, undefined);
    const next = notify(2);
    expect(next).not.toBe(cancelled);
    expect([isOver(cancelled), isOver(next)]).toEqual([true, false]);
    next.settled(null, undefined);
    expect(replies).toEqual([1, 2]);
  });
});

describe('UnknownMessages', () => {
  it('is told once of each message that no script registered, and of no more than twenty', () => {
    const { notify, replies, lines } = makeDispatcher();
    notify(1, 'n');
    notify(2, 'n');
    expect(replies).toEqual([1, 2]);
    expect(lines).toEqual([
      "warn: HAProxy sends message 'n', which no script has registered: it sets no variables (registered is m)",
    ]);
    for (let i = 0; i < 100; i++) notify(i, `x${i}`.repeat(500));
    expect(lines).toHaveLength(20);
    expect(lines[1]!.length).toBeLessThan(400);
  });
});

describe('PendingCalls', () => {
  it('cancels each call at its time with one timer, also when a cancelled one is followed by another', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let held = 0;
    const port = { timeoutMs: 1000, hold: () => held++, release: () => held-- } as unknown as WorkerPort;
    const pending = new PendingCalls(port);
    const cancelled: number[] = [];
    // As a connection whose next message waits behind the one that is cancelled.
    const engine = {
      cancel(call: ScriptCall) {
        call.settled(TIMED_OUT, undefined);
      },
    } as ScriptEngine;
    let turn = 0;
    const add = (): void => {
      const number = ++turn;
      const call: ScriptCall = {
        settled() {
          cancelled.push(number);
          pending.remove(call);
          if (turn < 20) add();
        },
      };
      pending.add(call, engine);
    };
    add();
    add();
    for (let i = 1; i <= 9; i++) {
      vi.advanceTimersByTime(1000);
      expect(cancelled.length).toBe(i * 2);
      expect(vi.getTimerCount()).toBe(1);
    }
    vi.advanceTimersByTime(1000);
    expect([cancelled.length, held, vi.getTimerCount()]).toEqual([20, 0, 0]);
  });
});

describe('callNow()', () => {
  it('leaves a callback that tried to wait over for those who still work for it', () => {
    let nested: ScriptCall | undefined;
    const engine = {
      call(_fn: ScriptFunction, _args: unknown, call: ScriptCall) {
        nested = call;
        return PENDING;
      },
      cancel() {},
    } as unknown as ScriptEngine;
    const outer = { over: false, settled() {} };
    expect(callNow(engine, outer, {} as ScriptFunction, [])).toBe(false);
    expect([isOver(nested as ScriptCall), isOver(outer)]).toEqual([true, false]);
  });
});
