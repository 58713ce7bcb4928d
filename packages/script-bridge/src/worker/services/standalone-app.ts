import type { ScriptFunction, WorkerApp } from '@offload/script-runtime';
import { BridgeError } from '../../errors.js';
import { RecordKind } from '../../records.js';
import type { LoadedService } from '../engine-factory.js';
import type { StandaloneSeat } from '../worker-data.js';
import type { WorkerParts } from '../worker-parts.js';
import { runToEnd } from './run-to-end.js';
import { STANDALONE, serviceFunctions } from './service-functions.js';
import { dependenciesStep } from './service-host.js';

const NO_BYTES = new Uint8Array(0);

/**
 * A thread that runs one instance of a standalone service (`lapps.md 4.2`): loads it and calls `init` as it starts, calls
 * `run` when it is told to, and answers when that ends. It is never run again.
 */
export class StandaloneApp implements WorkerApp {
  private readonly parts: WorkerParts;
  private readonly seat: StandaloneSeat;
  private loaded: LoadedService | undefined;
  private run: ScriptFunction | undefined;
  private subject = 0;

  constructor(parts: WorkerParts, seat: StandaloneSeat) {
    this.parts = parts;
    this.seat = seat;
  }

  async start(): Promise<undefined> {
    const { parts, seat } = this;
    const service = parts.lapps.services.find(({ spec }) => spec.name === seat.service);
    if (service === undefined) throw new BridgeError('BRIDGE_ERR_SERVICE', `There is no service '${seat.service}'`);
    const { port } = parts;
    const { spec } = service;
    if (service.depends.length > 0) {
      port.step(dependenciesStep(service));
      await port.call({ type: 'service.await', services: service.depends });
    }
    parts.loading = spec.file;
    port.step(`service '${spec.name}' (${spec.file}) to load`);
    this.loaded = await parts.factory.makeService(spec, seat.index);
    const { engine, module } = this.loaded;
    const functions = serviceFunctions(seat.service, module, STANDALONE, engine.language);
    this.subject = port.name({ what: `service '${spec.name}'`, script: spec.file });
    port.step(`init of service '${spec.name}' (${spec.file})`);
    await runToEnd(engine, functions.init, this.subject);
    this.run = functions.run;
    await port.call({ type: 'service.started', service: seat.service, instance: seat.index });
    return undefined;
  }

  handle(kind: number, id: number): void {
    if (kind !== RecordKind.RunService) throw new Error(`Cannot handle record: kind ${kind} is not for this thread`);
    void this.runService(id);
  }

  private async runService(task: number): Promise<void> {
    const { parts, seat, loaded, run } = this;
    // The thread must not fall asleep over a promise, however soon it is settled.
    parts.port.hold();
    try {
      if (loaded !== undefined && run !== undefined) await runToEnd(loaded.engine, run, this.subject);
    } catch (error) {
      parts.report(error, { name: seat.service, index: seat.index });
    }
    parts.port.reply(task, RecordKind.ServiceEnded, NO_BYTES, 0, 0);
    parts.port.release();
  }

  passEnd(): void {
    this.loaded?.engine.flush();
  }

  message(message: unknown): void {
    if (message === 'stopping') this.parts.stop.wakeAll();
  }

  async stop(): Promise<void> {
    await this.loaded?.close();
  }
}
