/** Steady traffic for the tests that stop and start things meanwhile. */
import type { Haproxy } from './haproxy.js';
import type { HttpResponse } from './http-request.js';

export interface Answer extends HttpResponse {
  /** The path that was asked for; no two requests of a load share one. */
  readonly path: string;
}

/** A number of clients that each send one request after the other until they are told to stop. */
export class Load {
  /** Every answer so far. A request that HAProxy itself did not answer makes `stop` reject. */
  readonly answers: Answer[] = [];
  readonly #clients: Promise<void>[];
  readonly #waiting = new Set<{ readonly total: number; readonly done: () => void }>();
  #stopping = false;

  constructor(haproxy: Haproxy, clients: number) {
    this.#clients = Array.from({ length: clients }, (_, client) => this.#run(haproxy, client));
    // Seen by `stop` and `waitForMore`; without this, Node would end the test run before those are called.
    for (const client of this.#clients) client.catch(() => {});
  }

  async #run(haproxy: Haproxy, client: number): Promise<void> {
    for (let count = 0; !this.#stopping; count++) {
      const path = `/load-${client}-${count}`;
      this.answers.push({ ...(await haproxy.request({ path })), path });
      for (const waiting of this.#waiting) if (this.answers.length >= waiting.total) waiting.done();
    }
  }

  /** Resolves once `count` more requests were answered. */
  waitForMore(count: number): Promise<void> {
    const total = this.answers.length + count;
    const reached = new Promise<void>((resolve) => {
      const waiting = {
        total,
        done: () => {
          this.#waiting.delete(waiting);
          resolve();
        },
      };
      this.#waiting.add(waiting);
    });
    return Promise.race([reached, ...this.#clients]);
  }

  /** Lets the requests on their way finish; resolves with all answers. */
  async stop(): Promise<readonly Answer[]> {
    this.#stopping = true;
    await Promise.all(this.#clients);
    return this.answers;
  }
}
