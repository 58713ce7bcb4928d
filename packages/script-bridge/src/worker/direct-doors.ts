import type { WorkerPort } from '@offload/script-runtime';
import type {
  BoundAddress,
  DirectAddress,
  DirectRequest,
  DirectResponse,
  DirectStop,
  DoorName,
} from '../direct-messages.js';

/** A door of this worker's own: sockets, frames and scripts on one thread. */
export interface Door {
  /** @param options what the owner's half was given for this one */
  listen(at: DirectAddress, options: unknown): Promise<BoundAddress>;
  stop(options: DirectStop): Promise<void>;
}

/** The worker's half of all doors: does what the owner asks (`io/direct-door.ts`) and answers. */
export class DirectDoors {
  private readonly port: WorkerPort;
  private readonly doors: Readonly<Partial<Record<DoorName, Door>>>;
  private holds = false;

  constructor(port: WorkerPort, doors: Readonly<Partial<Record<DoorName, Door>>>) {
    this.port = port;
    this.doors = doors;
  }

  /** Takes a message of the owner; false when it is none of these. */
  message(message: unknown): boolean {
    const { type } = message as { type?: unknown };
    if (type !== 'direct.listen' && type !== 'direct.stop') return false;
    void this.answer(message as DirectRequest);
    return true;
  }

  private async answer(asked: DirectRequest): Promise<void> {
    const { door, request } = asked;
    try {
      const address = await this.act(asked);
      this.tell({ door, type: 'direct.done', request, address });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.tell({ door, type: 'direct.failed', request, message });
    }
  }

  private async act(asked: DirectRequest): Promise<BoundAddress | undefined> {
    const door = this.doors[asked.door];
    if (door === undefined) throw new Error(`This worker has no sockets of its own for ${asked.door}`);
    // Its sockets need the event loop from now on, and so does a door that closes, be it that it never opened; the sleep
    // of a worker without them would be deaf.
    if (!this.holds) this.port.hold();
    this.holds = true;
    if (asked.type === 'direct.listen') return door.listen(asked.at, asked.options);
    await door.stop(asked.options);
    return undefined;
  }

  private tell(response: DirectResponse): void {
    this.port.post(response);
  }
}
