import { describe, expect, it } from 'vitest';
import { Lookout } from '../src/lookout.js';
import type { Runner } from '../src/runner.js';
import { chooseSeat, Seat } from '../src/seat.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A worker with so many records in its ring. */
function fakeRunner() {
  const ring = {
    waiting: 0,
    muted: false,
    get hasRecords() {
      return ring.waiting > 0;
    },
    mute: () => {
      ring.muted = true;
    },
    unmute: () => {
      ring.muted = ring.waiting > 0;
      return !ring.muted;
    },
  };
  return { ring, runner: { state: 'started', receiver: { ring } } as unknown as Runner };
}

function start() {
  const { ring, runner } = fakeRunner();
  const seat = new Seat(() => {});
  seat.runner = runner;
  let passes = 0;
  const lookout = new Lookout({
    drain: (from) => {
      const count = ring.waiting;
      ring.waiting = 0;
      from.inFlight -= count;
      return count;
    },
    passEnd: () => {
      passes++;
    },
  });
  return { ring, runner, seat, lookout, passes: () => passes };
}

describe('Lookout', () => {
  it('mutes the doorbell, hands answers over once per turn, and unmutes when nothing is in flight', async () => {
    const { ring, runner, seat, lookout, passes } = start();
    seat.inFlight = 2;
    lookout.expect(seat, runner);
    expect(ring.muted).toBe(true);
    ring.waiting = 1;
    await turn();
    expect([passes(), seat.inFlight, ring.muted]).toEqual([1, 1, true]);
    ring.waiting = 1;
    while (ring.muted) await turn();
    expect([passes(), seat.inFlight]).toEqual([2, 0]);
  });

  it('gives up after a while, and soon does not look any more where that is in vain', async () => {
    const { ring, runner, seat, lookout } = start();
    seat.inFlight = 1;
    let looks = 0;
    for (let flush = 0; flush < 40; flush++) {
      lookout.expect(seat, runner);
      if (ring.muted) looks++;
      while (ring.muted) await turn();
    }
    expect(looks).toBe(8);
  });

  it('does not look with much in flight, nor for a runner that was replaced', async () => {
    const { ring, runner, seat, lookout, passes } = start();
    seat.inFlight = 1000;
    lookout.expect(seat, runner);
    expect(ring.muted).toBe(false);
    seat.inFlight = 1;
    lookout.expect(seat, runner);
    seat.runner = fakeRunner().runner;
    ring.waiting = 1;
    await turn();
    expect(passes()).toBe(0);
  });

  it('looks for what a handler of its answers sent to another worker', async () => {
    const first = fakeRunner();
    const second = fakeRunner();
    const seats = [first, second].map(({ runner }) => {
      const seat = new Seat(() => {});
      seat.runner = runner;
      seat.inFlight = 1;
      return seat;
    }) as [Seat, Seat];
    const lookout: Lookout = new Lookout({
      drain: (seat) => {
        seat.inFlight = 0;
        const { ring } = seat === seats[0] ? first : second;
        ring.waiting = 0;
        if (seat === seats[0]) lookout.expect(seats[1], second.runner);
        return 1;
      },
      passEnd: () => {},
    });
    lookout.expect(seats[0], first.runner);
    first.ring.waiting = 1;
    await turn();
    second.ring.waiting = 1;
    await turn();
    expect(seats[1].inFlight).toBe(0);
    expect(second.ring.muted).toBe(false);
  });

  it('isQuick after many looks none of which was in vain, until one is', async () => {
    const { ring, runner, seat, lookout } = start();
    for (let i = 0; i < 32; i++) {
      expect(lookout.isQuick).toBe(false);
      seat.inFlight = 1;
      lookout.expect(seat, runner);
      ring.waiting = 1;
      await turn();
    }
    expect(lookout.isQuick).toBe(true);
    seat.inFlight = 1;
    lookout.expect(seat, runner);
    while (ring.muted) await turn();
    expect(lookout.isQuick).toBe(false);
  });
});

describe('chooseSeat()', () => {
  const seat = (inFlight: number, movedAt: number, more: { gone?: boolean; isFailing?: boolean } = {}): Seat => {
    const made = new Seat(() => {});
    made.inFlight = inFlight;
    made.movedAt = movedAt;
    if (more.isFailing) made.pause.failed();
    if (!more.gone) made.runner = fakeRunner().runner;
    return made;
  };
  it.each([
    ['least in flight', [seat(2, 0), seat(1, 0), seat(3, 0)], 1, false],
    ['first of equals', [seat(0, 0), seat(0, 0)], 0, true],
    ['least in flight although another is awake, where scripts are not quick', [seat(1, 100), seat(0, 0)], 1, false],
    ['the one that is awake, where scripts are quick', [seat(0, 0), seat(3, 99.9)], 1, true],
    ['not one that did not answer for long', [seat(3, 99), seat(0, 0)], 1, true],
    ['not one that holds many', [seat(8, 100), seat(0, 0)], 1, true],
    ['one with a worker, however much it holds', [seat(0, 0, { gone: true }), seat(500, 0)], 1, false],
    [
      'one whose worker never failed to start',
      [seat(0, 0, { gone: true, isFailing: true }), seat(9, 0, { gone: true })],
      1,
      true,
    ],
  ])('takes %s', (_name, seats, expected, isQuick) => {
    expect(chooseSeat(seats, 100, isQuick)).toBe(expected);
  });
});
