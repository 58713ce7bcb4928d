import type { Runner } from './runner.js';
import type { Seat } from './seat.js';

/** Answers held back: whose doorbell rang meanwhile is heard afterwards. */
export class HeldBack {
  private rung: Map<Seat, Runner> | undefined;

  get on(): boolean {
    return this.rung !== undefined;
  }

  /** Whether this one has to wait, which it will then be remembered for. */
  keeps(seat: Seat, runner: Runner): boolean {
    this.rung?.set(seat, runner);
    return this.on;
  }

  /** @param hear called for each that waited, when it is over */
  set(on: boolean, hear: (seat: Seat, runner: Runner) => void): void {
    const { rung } = this;
    this.rung = on ? (rung ?? new Map()) : undefined;
    if (!on) for (const [seat, runner] of rung ?? []) hear(seat, runner);
  }
}
