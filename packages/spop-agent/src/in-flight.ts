import type { Id } from './agent-connection.js';

/** Ids below these bounds share one number as key; HAProxy's do. */
const FRAME_IDS = 0x1_0000;
const STREAM_IDS = 0x1f_ffff_ffff;
const EMPTY = -1;
const FIRST_CAPACITY = 16;

/**
 * The NOTIFYs of one connection that wait for their ACK, by (stream-id, frame-id): the only key that is unique
 * (spop.md 3.1). An engine that uses a pair twice at once, which none should, is owed two ACKs.
 *
 * Open addressing over one array of doubles: a Set costs three times as much where pairs come and go. Chosen ids can make
 * it slow, but not beyond one look at each NOTIFY in flight, and those are limited.
 */
export class InFlight {
  size = 0;
  private keys = new Float64Array(0);
  private used = 0;
  /** Pairs in use twice at once, and ids that share no number: how often each, by their text. */
  private others: Map<string, number> | undefined;

  add(streamId: Id, frameId: Id): void {
    this.size++;
    const key = keyOf(streamId, frameId);
    if (key === EMPTY) {
      this.addOther(`${streamId}/${frameId}`);
      return;
    }
    if (this.used * 2 >= this.keys.length) this.grow();
    const at = this.find(key);
    if (this.keys[at] === key) {
      this.addOther(`${streamId}/${frameId}`);
      return;
    }
    this.keys[at] = key;
    this.used++;
  }

  /** False when no such NOTIFY waits. */
  remove(streamId: Id, frameId: Id): boolean {
    if (this.others !== undefined && this.removeOther(`${streamId}/${frameId}`)) {
      this.size--;
      return true;
    }
    const key = keyOf(streamId, frameId);
    if (key === EMPTY || this.used === 0) return false;
    const at = this.find(key);
    if (this.keys[at] !== key) return false;
    this.clear(at);
    this.used--;
    this.size--;
    return true;
  }

  /** The ids of all that wait, in no order. */
  list(): { streamId: Id; frameId: Id }[] {
    const ids: { streamId: Id; frameId: Id }[] = [];
    for (const key of this.keys) {
      if (key !== EMPTY) ids.push({ streamId: Math.floor(key / FRAME_IDS), frameId: key % FRAME_IDS });
    }
    for (const [text, count] of this.others ?? []) {
      const [streamId, frameId] = text.split('/') as [string, string];
      for (let i = 0; i < count; i++) ids.push({ streamId: parseId(streamId), frameId: parseId(frameId) });
    }
    return ids;
  }

  /** Index of the key, or of the empty place where it belongs. */
  private find(key: number): number {
    const { keys } = this;
    const mask = keys.length - 1;
    let at = hash(key) & mask;
    while (keys[at] !== key && keys[at] !== EMPTY) at = (at + 1) & mask;
    return at;
  }

  /** Empties a place and moves up what stood behind it only because it was taken. */
  private clear(at: number): void {
    const { keys } = this;
    const mask = keys.length - 1;
    let hole = at;
    for (let next = (at + 1) & mask; keys[next] !== EMPTY; next = (next + 1) & mask) {
      const home = hash(keys[next] as number) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      keys[hole] = keys[next] as number;
      hole = next;
    }
    keys[hole] = EMPTY;
  }

  private grow(): void {
    const before = this.keys;
    this.keys = new Float64Array(Math.max(FIRST_CAPACITY, before.length * 2)).fill(EMPTY);
    for (const key of before) {
      if (key !== EMPTY) this.keys[this.find(key)] = key;
    }
  }

  private addOther(text: string): void {
    this.others ??= new Map();
    this.others.set(text, (this.others.get(text) ?? 0) + 1);
  }

  private removeOther(text: string): boolean {
    const count = this.others?.get(text);
    if (count === undefined) return false;
    if (count > 1) this.others?.set(text, count - 1);
    else this.others?.delete(text);
    if (this.others?.size === 0) this.others = undefined;
    return true;
  }
}

/** One number for both ids, or EMPTY where they share none. */
function keyOf(streamId: Id, frameId: Id): number {
  if (typeof streamId === 'number' && streamId < STREAM_IDS && typeof frameId === 'number' && frameId < FRAME_IDS) {
    return streamId * FRAME_IDS + frameId;
  }
  return EMPTY;
}

/** HAProxy counts its streams, and its frames from 1: the multiplication spreads both. */
function hash(key: number): number {
  return Math.imul((key / FRAME_IDS) ^ Math.imul(key | 0, 0x85eb_ca6b), 0x9e37_79b1) >>> 8;
}

function parseId(text: string): Id {
  const id = BigInt(text);
  return id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : id;
}
