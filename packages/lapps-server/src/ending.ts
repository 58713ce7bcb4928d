import type { CloseCause, CloseInfo } from './events.js';

/** How a connection ends: the first cause counts. */
export class Ending {
  cause: CloseCause | undefined;
  code = 1006;
  reason = '';
  #faulted = false;

  set(cause: CloseCause, code: number, reason: string): void {
    if (this.cause !== undefined) return;
    this.cause = cause === 'peer' && this.#faulted ? 'protocol' : cause;
    this.code = code;
    this.reason = reason;
  }

  /** ws tells of a fault of the client after it has answered it, or wanted to. */
  faulted(): void {
    this.#faulted = true;
    if (this.cause === 'peer') this.cause = 'protocol';
  }

  /** TCP is closed; `code` and `reason` are the client's, 1006 when it sent no Close. */
  closed(code: number, reason: string): CloseInfo {
    // A Close that had no answer yet.
    if (code !== 1006) this.set('peer', code, reason);
    return this.cause === 'peer' ? { code, reason, cause: 'peer' } : this.info;
  }

  get info(): CloseInfo {
    return { code: this.code, reason: this.reason, cause: this.cause ?? (this.#faulted ? 'protocol' : 'lost') };
  }
}
