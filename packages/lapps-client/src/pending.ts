import type { PlainValue } from '@offload/lapps-codec';
import { LappsClientError, type LappsClientErrorCode } from './errors.js';

export interface RequestOptions {
  /** Gives the request up; the server still works on it. */
  readonly signal?: AbortSignal | undefined;
  /** Time for the answer; 0 waits for ever. Default: the client's `requestTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
}

interface Slot {
  readonly settle: (answer: PlainValue[] | LappsClientError) => void;
}

/**
 * Requests waiting for their answers. Channel 0 carries no ids: answers come in the order of the requests (`lapps.md 1.1`), so
 * a request that was given up keeps its place until its answer has come and is thrown away.
 */
export class PendingRequests {
  #slots: Slot[] = [];

  get size(): number {
    return this.#slots.length;
  }

  /** Takes the next place. */
  add(method: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<PlainValue[]> {
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const settle = (answer: PlainValue[] | LappsClientError): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        if (answer instanceof LappsClientError) reject(answer);
        else resolve(answer);
      };
      const fail = (code: LappsClientErrorCode, what: string, cause?: unknown): void =>
        settle(new LappsClientError(code, `Request ${method}: ${what}`, { cause }));
      const onAbort = (): void => fail('LAPPS_CLIENT_ERR_ABORTED', 'aborted', signal?.reason);
      signal?.addEventListener('abort', onAbort);
      if (timeoutMs > 0) {
        timer = setTimeout(() => fail('LAPPS_CLIENT_ERR_TIMEOUT', `no answer in ${timeoutMs} ms`), timeoutMs);
      }
      this.#slots.push({ settle });
    });
  }

  /** Gives the answer to the oldest request; false when there is none. */
  answer(answer: PlainValue[] | LappsClientError): boolean {
    const slot = this.#slots.shift();
    slot?.settle(answer);
    return slot !== undefined;
  }

  /** The connection ended: no answer will come. */
  failAll(error: LappsClientError): void {
    const slots = this.#slots;
    this.#slots = [];
    for (const slot of slots) slot.settle(error);
  }
}
