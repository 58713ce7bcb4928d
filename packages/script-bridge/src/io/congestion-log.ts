import type { Log } from './frontend.js';

/** Backpressure for less than this is how a full pipe works, and not worth a line. */
const PATIENCE_MS = 1000;

/** Says that the workers are behind once they have been for a while, and when they caught up after that. */
export class CongestionLog {
  private readonly log: Log;
  private timer: NodeJS.Timeout | undefined;
  private said = false;

  constructor(log: Log) {
    this.log = log;
  }

  changed(on: boolean): void {
    clearTimeout(this.timer);
    if (on) {
      this.timer = setTimeout(() => this.sayBehind(), PATIENCE_MS);
      this.timer.unref();
    } else if (this.said) {
      this.said = false;
      this.log('info', 'workers caught up: reading goes on');
    }
  }

  private sayBehind(): void {
    this.said = true;
    this.log(
      'warn',
      `workers have been behind for ${PATIENCE_MS} ms: nothing is read until they catch up; more workers or quicker scripts would help`,
    );
  }
}
