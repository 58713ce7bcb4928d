import type { Context } from './context.js';
import type { Logger } from './logger.js';

/** Signals of one kind that follow each other faster than this are one wish, in milliseconds. */
const ONE_WISH_MS = 300;

/**
 * The first signal asks for a graceful stop; the second one ends the process at once. Programs that pass signals on
 * (`timeout`, npm) send one to the process and one to its group: that is no second one.
 */
export class StopSignal {
  /** Resolves at the first signal. */
  readonly requested: Promise<void>;
  readonly end: () => void;

  /** @param now milliseconds of a clock */
  constructor(context: Pick<Context, 'onStopSignal' | 'exit'>, logger: Logger, now = () => performance.now()) {
    let request = (): void => {};
    this.requested = new Promise((resolve) => {
      request = resolve;
    });
    let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
    this.end = context.onStopSignal((signal) => {
      if (first === undefined) {
        first = { signal, at: now() };
        logger.info({ signal }, 'stopping: open work may end; a second signal stops at once');
        request();
      } else if (signal !== first.signal || now() - first.at >= ONE_WISH_MS) {
        logger.warn({ signal }, 'stopped at once, open work is lost');
        context.exit(1);
      }
    });
  }
}
