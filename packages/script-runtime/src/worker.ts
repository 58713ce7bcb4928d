import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ScriptRuntimeError } from './errors.js';
import { LogWindow } from './log-window.js';
import { OwnerCalls } from './owner-calls.js';
import { Watch, type WorkerRequest, type WorkerResponse, type WorkerStart } from './protocol.js';
import { RecordReceiver, RecordSender } from './record-channel.js';
import type { EngineHost, LogLevel } from './runtime.js';
import type { Subject } from './subjects.js';
import { SharedWatch, WatchedHost } from './watched-host.js';
import type { WorkerApp, WorkerAppFactory, WorkerPort } from './worker-app.js';

/** How long a full ring may hold up a worker before it looks again. */
const ROOM_WAIT_MS = 50;

/**
 * Runs one worker of a pool in this thread, to its end. To be called by the program's worker entry; everything it
 * needs is in `workerData`.
 *
 * With nothing asynchronous under way the thread sleeps in `Atomics.wait`, the cheapest wake-up; else it serves its
 * event loop and is woken through `Atomics.waitAsync`.
 */
export function runWorker(createApp: WorkerAppFactory): void {
  // Not awaited by the caller: a top-level await that never settles makes Node print a warning at every exit.
  void new WorkerThread(workerData as WorkerStart).run(createApp).catch((error: unknown) => {
    // Outside of the promise: an application that threw is the end of its thread, and the pool starts another.
    setImmediate(() => {
      throw error;
    });
  });
}

/** Neither `Atomics.waitAsync` nor a call to the pool's owner keeps a thread alive; something must. */
const KEEP_ALIVE_MS = 2 ** 30;

class WorkerThread implements WorkerPort {
  readonly worker: number;
  readonly timeoutMs: number;
  private readonly init: WorkerStart;
  private readonly watch: SharedWatch;
  private readonly words: Int32Array;
  private readonly outbox: RecordSender;
  private readonly calls: OwnerCalls;
  private readonly logWindow: LogWindow;
  private app: WorkerApp | undefined;
  private inbox: RecordReceiver | undefined;
  private held = 0;
  private inPass = false;
  private flushScheduled = false;
  private publishedAt = 0;
  private subjects = 0;
  private stopping = false;
  private failure: Error | undefined;

  constructor(init: WorkerStart) {
    this.init = init;
    this.worker = init.worker;
    this.timeoutMs = init.timeoutMs;
    this.watch = new SharedWatch(init.watch);
    this.words = new Int32Array(init.watch);
    this.outbox = new RecordSender(init.outbox);
    this.calls = new OwnerCalls(init.calls, init.watch);
    this.logWindow = new LogWindow(init.watch);
  }

  async run(createApp: WorkerAppFactory): Promise<void> {
    const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
    // A promise that a script or a module left alone and that failed must not take the thread with it.
    process.on('unhandledRejection', (reason) => {
      const { code, message, traceback } = ScriptRuntimeError.dataOf(reason);
      this.log('error', `Promise rejected and nobody looked: ${message}`, { code, traceback });
    });
    try {
      const app = await createApp(this, this.init.data);
      this.app = app;
      this.inbox = new RecordReceiver(this.init.inbox, (kind, id, bytes, at, end) =>
        app.handle(kind, id, bytes, at, end),
      );
      const report = await app.start();
      this.respond({ type: 'started', report });
    } catch (error) {
      this.respond({ type: 'failed', error: ScriptRuntimeError.dataOf(error) });
      clearInterval(keepAlive);
      this.init.port.close();
      return;
    }
    await this.serve(this.app, this.inbox);
    await this.app.stop();
    clearInterval(keepAlive);
    this.outbox.ring.publish();
    this.respond({ type: 'stopped' });
    this.init.port.close();
  }

  private async serve(app: WorkerApp, inbox: RecordReceiver): Promise<void> {
    for (;;) {
      this.inPass = true;
      // Before the records: those sent before a stop are still handled.
      this.takeRequests();
      inbox.drain();
      app.passEnd();
      this.inPass = false;
      this.outbox.ring.publish();
      if (this.stopping) return;
      if (this.failure !== undefined) throw this.failure;
      if (this.held === 0) {
        inbox.ring.sleep();
      } else {
        const rung = inbox.ring.sleepAsync();
        // Records that keep coming must not starve timers and promises: let the event loop turn.
        await (rung ?? new Promise<void>((resolve) => setImmediate(resolve)));
      }
    }
  }

  private takeRequests(): void {
    if (Atomics.load(this.words, Watch.Control) === 0) return;
    Atomics.store(this.words, Watch.Control, 0);
    for (;;) {
      const received = receiveMessageOnPort(this.init.port) as { message: WorkerRequest } | undefined;
      if (received === undefined) return;
      if (received.message.type === 'stop') this.stopping = true;
      else this.app?.message?.(received.message.message);
    }
  }

  private respond(response: WorkerResponse): void {
    this.init.port.postMessage(response);
  }

  reply(id: number, kind: number, bytes: Uint8Array, at: number, end: number): void {
    while (!this.outbox.send(kind, id, bytes, at, end)) this.outbox.ring.waitForRoom(ROOM_WAIT_MS);
    if (this.inPass) {
      // What is answered does not wait for slow handlers of the same pass.
      if (this.ticks !== this.publishedAt) this.publish();
    } else if (!this.flushScheduled) {
      this.flushScheduled = true;
      queueMicrotask(() => {
        this.flushScheduled = false;
        this.outbox.ring.publish();
      });
    }
  }

  publish(): void {
    this.publishedAt = this.ticks;
    this.outbox.ring.publish();
  }

  get ticks(): number {
    return this.words[Watch.Ticks];
  }

  name(subject: Subject): number {
    this.respond({ type: 'subject', subject });
    return ++this.subjects;
  }

  step(text: string): void {
    this.respond({ type: 'step', text });
  }

  post(message: unknown): void {
    this.respond({ type: 'app', message });
  }

  call(message: unknown): Promise<unknown> {
    return this.calls.call(message);
  }

  callSync(message: unknown): unknown {
    // What was sent before must be seen before: the owner may be waiting for it.
    this.outbox.ring.publish();
    return this.calls.callSync(message, () => this.watch.interrupted());
  }

  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    if (!this.logWindow.enter(message, () => this.watch.interrupted())) return;
    const loss = this.logWindow.lossText();
    if (loss !== undefined) this.respond({ type: 'log', level: 'warn', message: loss, fields: undefined });
    this.respond({ type: 'log', level, message, fields });
  }

  giveUp(error: Error): void {
    this.failure ??= error;
    if (this.inPass || this.inbox === undefined) return;
    // Between passes, in a coroutine: behind the microtask that publishes its answers.
    setImmediate(() => {
      throw error;
    });
  }

  hold(): void {
    this.held++;
  }

  release(): void {
    this.held--;
  }

  createEngineHost(): EngineHost {
    return new WatchedHost(this, this.watch);
  }
}
