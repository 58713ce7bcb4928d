import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ScriptRuntimeError, type WorkerApp, type WorkerPort } from '@offload/script-runtime';
import { RecordKind } from '../records.js';
import { DirectDoors } from './direct-doors.js';
import { DirectSpop } from './direct-spop.js';
import { DirectWs } from './direct-ws.js';
import type { RuntimeLoaders } from './engine-factory.js';
import type { RegisteredMessage } from './message-registry.js';
import { NotifyDispatcher } from './notify-dispatcher.js';
import { StandaloneApp } from './services/standalone-app.js';
import type { WorkerAppData } from './worker-data.js';
import { WorkerParts } from './worker-parts.js';

/** What each worker's start resolves with. */
export interface StartReport {
  readonly messages: readonly RegisteredMessage[];
  readonly files: readonly { readonly path: string; readonly engine: string }[];
}

/** Makes the application of one worker: loads every script, serves every frontend. */
export function createWorkerApp(port: WorkerPort, data: WorkerAppData, loaders: RuntimeLoaders): WorkerApp {
  const parts = new WorkerParts(port, data, loaders);
  const standalone = data.lapps?.standalone;
  return standalone === undefined ? new BridgeApp(parts, data) : new StandaloneApp(parts, standalone);
}

class BridgeApp implements WorkerApp {
  private readonly parts: WorkerParts;
  private readonly data: WorkerAppData;
  private readonly notifies: NotifyDispatcher;
  private readonly ws: DirectWs | undefined;
  private readonly doors: DirectDoors;

  constructor(parts: WorkerParts, data: WorkerAppData) {
    this.parts = parts;
    this.data = data;
    this.notifies = new NotifyDispatcher(parts.port, parts.registry, parts.notifyWaits);
    this.ws = directWs(parts);
    this.doors = new DirectDoors(parts.port, { spop: new DirectSpop(parts), ws: this.ws });
  }

  async start(): Promise<StartReport> {
    const { parts, data } = this;
    const files: { path: string; engine: string }[] = [];
    for (const file of data.files) {
      const { engine } = await parts.sharedEngine(file);
      parts.loading = file.path;
      parts.port.step(`${file.path} to load`);
      await engine.load(fileAt(file.path));
      files.push({ path: file.path, engine: engine.engine });
    }
    await parts.services.start(data.lapps?.services ?? []);
    return { messages: parts.registry.list(), files };
  }

  handle(kind: number, id: number, bytes: Uint8Array, at: number, end: number): void {
    if (kind === RecordKind.Notify) this.notifies.handle(id, bytes, at, end);
    else if (this.ws !== undefined) this.ws.receive(kind, bytes, at, end);
    else if (!this.parts.services.handle(kind, id, bytes, at, end)) {
      throw new Error(`Cannot handle record: kind ${kind} is unknown`);
    }
  }

  passEnd(): void {
    this.parts.flush();
  }

  message(message: unknown): void {
    if (message === 'stopping') this.parts.stop.wakeAll();
    else this.doors.message(message);
  }

  async stop(): Promise<void> {
    await this.parts.services.stop();
    await this.parts.close();
  }
}

/** The server of this worker's own, if it is to have one; it takes what would go to the IO thread. */
function directWs(parts: WorkerParts): DirectWs | undefined {
  const { port, shared, services, lapps } = parts;
  if (lapps.direct === undefined) return undefined;
  const ws = new DirectWs({ port, shared, services, planned: lapps.services, data: lapps.direct });
  parts.records.to = ws;
  return ws;
}

/** The absolute path of a script. Pipes and devices are refused: they could only be read once, or for ever. */
function fileAt(path: string): string {
  const file = resolve(path);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === true) return file;
  const why =
    stats === undefined
      ? 'there is no such file'
      : stats.isDirectory()
        ? 'it is a folder'
        : 'it is no file but a pipe, socket or device';
  throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_LOAD', message: `Cannot read ${file}: ${why}`, script: file });
}
