import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WsConnections } from '../src/io/ws-connections.js';
import { BroadcastIds } from '../src/shared/broadcast-ids.js';
import { OpenConnections } from '../src/shared/open-connections.js';

describe('OpenConnections', () => {
  it('OpenConnections tells ids that share a slot apart, and closes once', () => {
    const open = OpenConnections.create(1);
    const other = new OpenConnections(open.memory);
    open.open(5);
    expect([other.isOpen(5), other.isOpen(5 + open.size), other.isOpen(6)]).toEqual([true, false, false]);
    expect([other.close(5 + open.size), other.close(5), open.close(5), open.isOpen(5)]).toEqual([
      false,
      true,
      false,
      false,
    ]);
    const wide = open.size * 2 ** 20 + 3;
    open.open(wide);
    expect([other.isOpen(wide), open.idOf(open.slotOf(wide), open.generationOf(wide))]).toEqual([true, wide]);
    for (const id of [0, -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) expect(open.isOpen(id)).toBe(false);
  });
});

describe('WsConnections', () => {
  it('WsConnections.nextId() never gives an id twice, nor one whose slot is in use', () => {
    const open = OpenConnections.create(1);
    const connections = new WsConnections(open);
    const seen = new Set<number>();
    const kept = connections.add({ id: connections.nextId() } as never, 0, 0);
    for (let i = 0; i < open.size * 3; i++) {
      const id = connections.nextId();
      expect(seen.has(id)).toBe(false);
      seen.add(id);
      const added = connections.add({ id } as never, 0, 0);
      expect(added?.slot).not.toBe(kept?.slot);
      if (added !== undefined) connections.remove(added);
    }
    for (let i = 0; i < open.size - 1; i++) connections.add({ id: connections.nextId() } as never, 0, 0);
    expect(connections.add({ id: connections.nextId() } as never, 0, 0)).toBeUndefined();
  });
});

describe('BroadcastIds', () => {
  it('BroadcastIds holds what was added, up to its bound', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.maxSafeNat(), { maxLength: 16 }), fc.maxSafeNat(), (ids, other) => {
        const set = BroadcastIds.create(16);
        for (const id of ids) expect([set.add(id), set.add(id)]).toEqual([true, true]);
        const view = new BroadcastIds(set.memory);
        for (const id of ids) expect(view.has(id)).toBe(true);
        expect(view.has(other)).toBe(ids.includes(other));
      }),
    );
    const full = BroadcastIds.create(16);
    for (let id = 0; id < 16; id++) expect(full.add(id)).toBe(true);
    expect([full.add(16), full.has(16), full.add(3)]).toEqual([false, false, true]);
  });

  it('BroadcastIds keeps its bound when threads add the same ids at once', async () => {
    const set = BroadcastIds.create(4096);
    const module = new URL('../dist/shared/broadcast-ids.js', import.meta.url).href;
    const code = `
      import { workerData } from 'node:worker_threads';
      const { BroadcastIds } = await import(workerData.module);
      const set = new BroadcastIds(workerData.memory);
      for (let id = 0; id < 2000; id++) if (!set.add(id * 7)) throw new Error('full');`;
    const threads = [1, 2, 3].map(
      () =>
        new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
          workerData: { module, memory: set.memory },
        }),
    );
    const codes = await Promise.all(threads.map((thread) => new Promise((resolve) => thread.on('exit', resolve))));
    expect(codes).toEqual([0, 0, 0]);
    for (let id = 0; id < 2000; id++) expect(set.has(id * 7)).toBe(true);
    // 2000 distinct ids are in: exactly the rest has room.
    let room = 0;
    while (set.add(1e9 + room)) room++;
    expect(room).toBe(4096 - 2000);
  });
});
