/** What a watch needs of a socket. */
export interface WatchedSocket {
  readonly bytesWritten: number;
  readonly writableLength: number;
}

/** Notes whether the system takes what waits for a client. */
export class StallWatch {
  readonly #socket: WatchedSocket;
  /** Bytes the system took from the socket, and when that was last seen to grow or nothing waited. */
  #taken = 0;
  #takenAt = 0;

  constructor(socket: WatchedSocket) {
    this.#socket = socket;
  }

  /** Milliseconds for which data has waited without any of it being taken, as of the calls of this. */
  stalledFor(now: number, waiting: number): number {
    const { bytesWritten, writableLength } = this.#socket;
    const taken = bytesWritten - writableLength;
    if (taken !== this.#taken || waiting === 0) {
      this.#taken = taken;
      this.#takenAt = now;
    }
    return now - this.#takenAt;
  }
}
