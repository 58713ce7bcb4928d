import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { ScriptRuntimeError } from './errors.js';
import { type OwnerAnswer, type OwnerCall, Watch } from './protocol.js';

/** How long a blocked thread sleeps before it looks whether it was interrupted. */
const SLICE_MS = 20;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The worker's side of calls to the pool's owner: asked with or without blocking the thread. */
export class OwnerCalls {
  private readonly port: MessagePort;
  private readonly words: Int32Array;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private listening = false;

  constructor(port: MessagePort, watch: SharedArrayBuffer) {
    this.port = port;
    this.words = new Int32Array(watch);
    port.unref();
  }

  /** Asks and resolves with the owner's answer. */
  call(message: unknown): Promise<unknown> {
    if (!this.listening) {
      this.listening = true;
      this.port.on('message', (answer: OwnerAnswer) => this.settle(answer));
      this.port.unref();
    }
    return new Promise((resolve, reject) => {
      this.waiting.set(this.ask(message), { resolve, reject });
    });
  }

  /**
   * Asks and blocks the thread until the answer is there or `interrupted()` says that the caller's time is over.
   * @throws ScriptRuntimeError the owner's error, or SCRIPT_ERR_DEADLINE
   */
  callSync(message: unknown, interrupted: () => boolean): unknown {
    const id = this.ask(message);
    for (;;) {
      const seen = Atomics.load(this.words, Watch.Answers);
      for (;;) {
        const received = receiveMessageOnPort(this.port) as { message: OwnerAnswer } | undefined;
        if (received === undefined) break;
        const answer = received.message;
        if (answer.id === id) {
          if (answer.ok) return answer.value;
          throw new ScriptRuntimeError(answer.error);
        }
        this.settle(answer);
      }
      Atomics.wait(this.words, Watch.Answers, seen, SLICE_MS);
      if (interrupted()) {
        throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_DEADLINE', message: 'script timed out while it waited' });
      }
    }
  }

  private ask(message: unknown): number {
    const id = this.nextId++;
    this.port.postMessage({ id, message } satisfies OwnerCall);
    return id;
  }

  private settle(answer: OwnerAnswer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (answer.ok) waiting?.resolve(answer.value);
    else waiting?.reject(new ScriptRuntimeError(answer.error));
  }
}

/** The owner's side: answers what `handler` returns, now or later. */
export function answerCalls(
  port: MessagePort,
  watch: SharedArrayBuffer,
  handler: (message: unknown) => unknown | Promise<unknown>,
): void {
  const words = new Int32Array(watch);
  const answer = (message: OwnerAnswer): void => {
    port.postMessage(message);
    Atomics.add(words, Watch.Answers, 1);
    Atomics.notify(words, Watch.Answers);
  };
  port.on('message', ({ id, message }: OwnerCall) => {
    const failed = (error: unknown): void => answer({ id, ok: false, error: ScriptRuntimeError.dataOf(error) });
    try {
      const value = handler(message);
      // What cannot be cloned throws in `answer`, too.
      if (value instanceof Promise) value.then((v: unknown) => answer({ id, ok: true, value: v })).catch(failed);
      else answer({ id, ok: true, value });
    } catch (error) {
      failed(error);
    }
  });
}
