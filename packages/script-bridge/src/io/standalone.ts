import type { Pool, PoolHandlers } from '@offload/script-runtime';
import { RecordKind } from '../records.js';
import type { PlannedService } from '../service-spec.js';
import type { StandaloneSeat } from '../worker/worker-data.js';
import type { Bridge } from './frontend.js';

/** Makes a pool of one thread for one instance of a standalone service. Its scripts may run for ever. */
export type MakeStandalonePool = (seat: StandaloneSeat, handlers: PoolHandlers) => Pool;

const NO_BYTES = new Uint8Array(0);

/** One instance: a thread that is never replaced. */
interface Runner {
  readonly seat: StandaloneSeat;
  readonly pool: Pool;
  ended: boolean;
}

/** The standalone services (`lapps.md 4.2`): each instance in a thread of its own. */
export class StandaloneServices {
  private readonly bridge: Bridge;
  private readonly runners: Runner[] = [];
  private stopping = false;

  constructor(bridge: Bridge, services: readonly PlannedService[], makePool: MakeStandalonePool) {
    this.bridge = bridge;
    for (const { spec, instances } of services) {
      if (spec.standalone !== true) continue;
      for (const { index } of instances) this.add({ service: spec.name, index }, makePool);
    }
  }

  private add(seat: StandaloneSeat, makePool: MakeStandalonePool): void {
    const changes: Partial<PoolHandlers> = {
      congested: () => {},
      log: (level, message, fields) => this.bridge.log(level, message, { ...fields, ...seat }),
      workerChanged: (_worker, state) => {
        if (state === 'lost') this.end(runner);
      },
    };
    const runner: Runner = { seat, pool: makePool(seat, this.bridge.handlers(changes)), ended: false };
    this.runners.push(runner);
  }

  /** Loads all, in the order their dependencies ask for; then runs all. Rejects with the first failure. */
  async start(): Promise<void> {
    await Promise.all(this.runners.map(({ pool }) => pool.start()));
    for (const runner of this.runners) {
      if (runner.ended) continue;
      runner.pool.send(RecordKind.RunService, runner, NO_BYTES, 0, 0);
      runner.pool.flush();
    }
  }

  /** `run` came to its end, by itself or with its thread. */
  end(context: unknown): void {
    const runner = context as Runner;
    if (runner.ended) return;
    runner.ended = true;
    if (!this.stopping) this.bridge.log('info', `service '${runner.seat.service}' has ended`, { ...runner.seat });
    // Not restarted (lapps.md 4.2), so its thread has no more use.
    void runner.pool.stop(0);
  }

  /** True: who says much waits until it is false again. */
  holdBack(on: boolean): void {
    for (const { pool } of this.runners) pool.holdBack(on);
  }

  /** The server's stop flag is raised already: gives every `run` time to see it. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    for (const { pool, ended } of this.runners) if (!ended) pool.post(0, 'stopping');
    // Before the pools' own timers, which end the threads.
    const timer = setTimeout(() => this.blame(graceMs), graceMs);
    await Promise.all(this.runners.map(({ pool }) => pool.stop(graceMs)));
    clearTimeout(timer);
  }

  private blame(graceMs: number): void {
    for (const { seat, ended } of this.runners) {
      if (ended) continue;
      const message = `service '${seat.service}' did not end within ${graceMs} ms: its thread is ended; ask must_stop()`;
      this.bridge.log('warn', message, { ...seat });
    }
  }
}
