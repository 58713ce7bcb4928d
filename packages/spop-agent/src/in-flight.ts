import type { Id } from './agent-connection.js';

/** Ids below these bounds share one number as key; HAProxy's do. */
const FRAME_IDS = 0x1_0000;
const STREAM_IDS = 0x1f_ffff_ffff;

/**
 * The NOTIFYs of one connection that wait for their ACK, by (stream-id, frame-id): the only key that is unique
 * (spop.md 3.1). An engine that uses a pair twice at once, which none should, is owed two ACKs.
 */
export class InFlight {
  size = 0;
  private ids: Set<number | string> | undefined;
  private repeats: (number | string)[] | undefined;

  add(streamId: Id, frameId: Id): void {
    this.ids ??= new Set();
    const { ids } = this;
    const before = ids.size;
    const key = keyOf(streamId, frameId);
    ids.add(key);
    if (ids.size === before) (this.repeats ??= []).push(key);
    this.size++;
  }

  /** False when no such NOTIFY waits. */
  remove(streamId: Id, frameId: Id): boolean {
    const key = keyOf(streamId, frameId);
    if (this.repeats !== undefined && this.repeats.length > 0) {
      const index = this.repeats.indexOf(key);
      if (index >= 0) {
        this.repeats.splice(index, 1);
        this.size--;
        return true;
      }
    }
    if (this.ids === undefined || !this.ids.delete(key)) return false;
    this.size--;
    return true;
  }

  /** The ids of all that wait, in the order of their coming. */
  list(): { streamId: Id; frameId: Id }[] {
    return [...(this.ids ?? []), ...(this.repeats ?? [])].map(idsOf);
  }
}

function keyOf(streamId: Id, frameId: Id): number | string {
  if (typeof streamId === 'number' && streamId < STREAM_IDS && typeof frameId === 'number' && frameId < FRAME_IDS) {
    return streamId * FRAME_IDS + frameId;
  }
  return `${streamId}/${frameId}`;
}

function idsOf(key: number | string): { streamId: Id; frameId: Id } {
  if (typeof key === 'number') return { streamId: Math.floor(key / FRAME_IDS), frameId: key % FRAME_IDS };
  const [streamId, frameId] = key.split('/') as [string, string];
  return { streamId: parseId(streamId), frameId: parseId(frameId) };
}

function parseId(text: string): Id {
  const id = BigInt(text);
  return id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : id;
}
