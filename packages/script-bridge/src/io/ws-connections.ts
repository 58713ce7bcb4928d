import type { Connection } from '@offload/lapps-server';
import type { OpenConnections } from '../shared/open-connections.js';

/** Why a connection is not read. */
export const Pause = {
  /** The workers are behind. */
  Pool: 1,
  /** Its messages wait for a handler that waits. */
  Handler: 2,
} as const;

/** A connection on its way between socket and worker. */
export class WsConnection {
  readonly connection: Connection;
  readonly id: number;
  readonly slot: number;
  readonly worker: number;
  /** Number of the instance it is bound to. */
  readonly instance: number;
  /** The instance is gone with its worker. */
  lost = false;
  /** The client sends nothing more; to be called when its messages are answered. */
  answered: (() => void) | undefined;
  private pauses = 0;

  constructor(connection: Connection, slot: number, worker: number, instance: number) {
    this.connection = connection;
    this.id = connection.id;
    this.slot = slot;
    this.worker = worker;
    this.instance = instance;
  }

  pause(why: number, on: boolean): void {
    const before = this.pauses;
    this.pauses = on ? before | why : before & ~why;
    if (before === 0 && this.pauses !== 0) this.connection.pauseReading();
    else if (before !== 0 && this.pauses === 0) this.connection.resumeReading();
  }
}

/** All connections by slot, and the ids that are given out (see {@link OpenConnections}). */
export class WsConnections {
  private readonly open: OpenConnections;
  private readonly bySlot: (WsConnection | undefined)[] = [];

  constructor(open: OpenConnections) {
    this.open = open;
  }

  /** A small positive integer, never given out before, whose slot is free. */
  readonly nextId = (): number => {
    // There are several times as many slots as connections; should all be taken, the connection is refused as it opens.
    let id = this.open.nextId();
    for (let tries = 1; tries < this.open.size && this.bySlot[this.open.slotOf(id)] !== undefined; tries++) {
      id = this.open.nextId();
    }
    return id;
  };

  /** Takes the slot of a new connection. Undefined when there is none left. */
  add(connection: Connection, worker: number, instance: number): WsConnection | undefined {
    const slot = this.open.slotOf(connection.id);
    if (this.bySlot[slot] !== undefined) return undefined;
    const added = new WsConnection(connection, slot, worker, instance);
    while (this.bySlot.length < slot) this.bySlot.push(undefined);
    this.bySlot[slot] = added;
    this.open.open(connection.id);
    return added;
  }

  /** Nothing more can be sent to it; its slot stays taken until its worker is done with it. */
  close({ id }: WsConnection): void {
    this.open.close(id);
  }

  /** Gives the slot back. */
  remove({ slot }: WsConnection): void {
    this.bySlot[slot] = undefined;
  }

  /** The connection an address in a record means, if it is still there. */
  at(slot: number, generation: number): WsConnection | undefined {
    const found = this.bySlot[slot];
    return found !== undefined && this.open.generationOf(found.id) === generation ? found : undefined;
  }

  *all(): Generator<WsConnection> {
    for (const connection of this.bySlot) if (connection !== undefined) yield connection;
  }
}
