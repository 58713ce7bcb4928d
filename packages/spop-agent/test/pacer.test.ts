import { beginFrame, endFrame, Writer } from '@offload/spop-codec';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Pacer } from '../src/pacer.js';

const BUFFER = 16_379;
const PATIENCE = 100;
/** NOTIFYs an HAProxy from 3.1 on has open at most (spop.md 2.4). */
const WINDOW = 20;

/** An HAProxy with its buffer, and an agent that answers in order. */
class Model {
  readonly pacer = new Pacer(BUFFER, PATIENCE);
  /** Sizes of what the agent sent and HAProxy has not read. */
  unread: number[] = [];
  largest = 0;
  private readonly batch = new Writer(Number.MAX_SAFE_INTEGER);
  private waiting: number[] = [];
  private inFlight = 0;

  notify(count = 1): void {
    this.inFlight += Math.min(count, WINDOW - this.inFlight - this.waiting.length - this.unread.length);
  }

  answer(bytes: number): void {
    if (this.inFlight === 0) return;
    this.inFlight--;
    const start = beginFrame(this.batch, 103, 1, 1, 1);
    this.batch.reserve(bytes);
    this.batch.at = start + bytes;
    endFrame(this.batch, start, 1 << 20);
    this.waiting.push(bytes);
    this.pacer.appended(bytes);
  }

  flush(): void {
    const length = this.pacer.send(this.batch, this.inFlight);
    for (let sent = 0; sent < length; ) {
      const size = this.waiting.shift()!;
      this.unread.push(size);
      this.largest = Math.max(this.largest, size);
      sent += size;
    }
    this.batch.bytes.copyWithin(0, length, this.batch.at);
    this.batch.at -= length;
  }

  get held(): number {
    return this.waiting.length;
  }

  get unreadBytes(): number {
    return this.unread.reduce((sum, size) => sum + size, 0);
  }
}

const size = fc.oneof(fc.integer({ min: 30, max: 818 }), fc.integer({ min: 800, max: 2000 }), fc.constant(16_383));
const step = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('notify' as const), fc.integer({ min: 1, max: WINDOW })) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('answer' as const), size) },
  { weight: 3, arbitrary: fc.constant(['flush', 0] as const) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('read' as const), fc.integer({ min: 1, max: WINDOW })) },
);

describe('Pacer', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('Pacer never lets unread answers fill the buffer, whatever HAProxy reads and when', () => {
    let held = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const model = new Model();
        for (const [what, n] of steps) {
          if (what === 'notify') model.notify(n);
          else if (what === 'answer') model.answer(n);
          else if (what === 'read') model.unread.splice(0, n);
          else model.flush();
          held += model.held;
          // A single frame may be longer than what is allowed together.
          expect(model.unread.length < 2 || model.unreadBytes <= BUFFER).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
    expect(held).toBeGreaterThan(0);
  });

  test('Pacer lets all answers pass at once while HAProxy keeps its window full', () => {
    const model = new Model();
    for (let i = 0; i < WINDOW; i++) model.notify();
    for (let i = 0; i < 1000; i++) {
      model.answer(5000);
      model.flush();
      expect(model.held).toBe(0);
      model.unread.splice(0, 1);
      model.notify();
    }
  });

  test('Pacer takes an answer for read after its time where nothing proves it', () => {
    const model = new Model();
    for (let i = 0; i < 5; i++) {
      model.notify();
      model.answer(5000);
    }
    model.flush();
    expect(model.held).toBe(2);
    expect(model.pacer.waitMs()).toBe(PATIENCE);
    vi.advanceTimersByTime(PATIENCE - 1);
    model.flush();
    expect(model.held).toBe(2);
    expect(model.pacer.waitMs()).toBe(1);
    model.unread = [];
    vi.advanceTimersByTime(1);
    model.flush();
    expect(model.held).toBe(0);
  });

  test('Pacer counts the small answers before the first large one as unread', () => {
    const model = new Model();
    model.notify(WINDOW);
    for (let i = 0; i < 12; i++) model.answer(800);
    model.flush();
    model.answer(8000);
    model.flush();
    expect([model.unreadBytes, model.held]).toEqual([9600, 1]);
    model.unread = [];
    // 7 open, the one that waits, and 5 more: so many of the 12 have been read that it fits.
    model.notify(5);
    model.flush();
    expect([model.unreadBytes, model.held]).toEqual([8000, 0]);
  });

  test('Pacer takes nothing for proven by more NOTIFYs than can be open', () => {
    const model = new Model();
    const batch = new Writer(Number.MAX_SAFE_INTEGER);
    for (let i = 0; i < 4; i++) {
      const start = beginFrame(batch, 103, 1, 1, 1);
      batch.reserve(5000);
      batch.at = start + 5000;
      endFrame(batch, start, 1 << 20);
      model.pacer.appended(5000);
    }
    expect(model.pacer.send(batch, 200)).toBe(15_000);
  });
});
