import type { Socket } from 'node:net';
import type { AgentSession } from '@offload/spop-codec';

/** Reasons not to read a connection, as bits. */
export const Halt = { AGENT: 1, IN_FLIGHT: 2, WRITE_QUEUE: 4 } as const;

/** Backpressure of one connection: while there is a reason, its socket is not read and frames already read are held. */
export class ReadGate {
  private readonly socket: Socket;
  private readonly session: AgentSession;
  private readonly onOpen: () => void;
  private reasons = 0;

  /** `onOpen` is called when the last reason has gone, to work through what was held; then call `readOn`. */
  constructor(socket: Socket, session: AgentSession, onOpen: () => void) {
    this.socket = socket;
    this.session = session;
    this.onOpen = onOpen;
  }

  has(reason: number): boolean {
    return (this.reasons & reason) !== 0;
  }

  /** Stops reading, after the current frame, for one more reason. */
  halt(reason: number): void {
    if (this.reasons === 0) {
      this.session.paused = true;
      this.socket.pause();
    }
    this.reasons |= reason;
  }

  /** Ends one reason. The last one lets frames flow again, on the next tick so that no caller is re-entered. */
  release(reason: number): void {
    if (!this.has(reason)) return;
    this.reasons &= ~reason;
    if (this.reasons !== 0) return;
    process.nextTick(() => {
      if (this.reasons === 0 && this.session.paused) this.onOpen();
    });
  }

  /** Reads the socket again unless what was held brought a new reason. */
  readOn(): void {
    if (this.reasons === 0) this.socket.resume();
  }
}
