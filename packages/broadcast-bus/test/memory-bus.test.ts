import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BroadcastId, BUS_ERROR_CODES, type BusTransport, createMemoryBus } from '../src/index.js';

interface Inbox {
  readonly name: string;
  readonly got: Uint8Array[];
}

const inbox = (name: string): Inbox => ({ name, got: [] });
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const inboxBus = (transport?: BusTransport) =>
  createMemoryBus<Inbox>({ frame: (data) => data, deliver: (to, data) => to.got.push(data), transport });

describe('createMemoryBus()', () => {
  it('create() says whether the broadcast is new', () => {
    const bus = inboxBus();
    expect([bus.has(7), bus.create(7), bus.create(7), bus.has(7)]).toEqual([false, true, false, true]);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('create() refuses the id %s', (id) => {
    expect(() => inboxBus().create(id)).toThrow(expect.objectContaining({ name: 'BusError', code: 'BUS_ERR_BAD_ID' }));
  });

  it('create() refuses one broadcast over the limit', () => {
    const bus = createMemoryBus<Inbox>({ frame: (data) => data, deliver: () => undefined, maxBroadcasts: 2 });
    bus.create(0);
    bus.create(1);
    expect(bus.create(1)).toBe(false);
    expect(() => bus.create(2)).toThrow(expect.objectContaining({ code: 'BUS_ERR_TOO_MANY_BROADCASTS' }));
  });

  it('send() hands one framed message to every subscriber, once each', () => {
    let framed = 0;
    const got: [string, object][] = [];
    const bus = createMemoryBus<string, object>({
      frame: (data, id) => {
        framed += 1;
        return { data, id };
      },
      deliver: (to, message) => got.push([to, message]),
    });
    bus.create(1);
    bus.subscribe(1, 'a');
    bus.subscribe(1, 'b');
    bus.subscribe(1, 'a');
    expect(bus.send(1, bytes(9))).toBe(2);
    expect(framed).toBe(1);
    expect(got.map(([to]) => to)).toEqual(['a', 'b']);
    expect(got[0]![1]).toBe(got[1]![1]);
  });

  it('send() frames nothing without subscribers and knows unknown broadcasts', () => {
    const bus = createMemoryBus<string>({
      frame: () => {
        throw new Error('framed');
      },
      deliver: () => undefined,
    });
    bus.create(1);
    expect([bus.send(1, bytes(1)), bus.send(2, bytes(1))]).toEqual([0, undefined]);
  });

  it('subscribe() and unsubscribe() know unknown broadcasts', () => {
    const bus = inboxBus();
    expect(bus.subscribe(5, inbox('a'))).toBeUndefined();
    expect(bus.unsubscribe(5, inbox('a'))).toBe(false);
    bus.create(5);
    expect(bus.unsubscribe(5, inbox('a'))).toBe(true);
  });

  it('subscribe() returns the function that ends this subscription and no later one', () => {
    const bus = inboxBus();
    const a = inbox('a');
    bus.create(1);
    const end = bus.subscribe(1, a)!;
    end();
    end();
    expect(bus.send(1, bytes(1))).toBe(0);
    bus.subscribe(1, a);
    end();
    expect(bus.send(1, bytes(2))).toBe(1);
  });

  it('leave() ends every subscription of one subscriber', () => {
    const bus = inboxBus();
    const [a, b] = [inbox('a'), inbox('b')];
    for (const id of [1, 2, 3]) {
      bus.create(id);
      bus.subscribe(id, a);
      bus.subscribe(id, b);
    }
    expect(bus.leave(a)).toBe(3);
    expect(bus.leave(a)).toBe(0);
    expect([1, 2, 3].map((id) => bus.send(id, bytes(id)))).toEqual([1, 1, 1]);
    expect(a.got).toEqual([]);
  });

  it('send() serves the others when one subscriber fails', () => {
    const faults: unknown[] = [];
    const got: string[] = [];
    const bus = createMemoryBus<string>({
      frame: (data) => data,
      deliver: (to) => {
        if (to === 'bad') throw new Error('full');
        got.push(to);
      },
      onFault: (error, subscriber, id) => faults.push([(error as Error).message, subscriber, id]),
    });
    bus.create(1);
    for (const name of ['a', 'bad', 'b']) bus.subscribe(1, name);
    expect(bus.send(1, bytes(1))).toBe(3);
    expect(got).toEqual(['a', 'b']);
    expect(faults).toEqual([['full', 'bad', 1]]);
  });

  it('send() ends though subscribers come and go meanwhile', () => {
    const got: number[] = [];
    const bus = createMemoryBus<number>({
      frame: (data) => data,
      deliver: (n) => {
        got.push(n);
        bus.subscribe(1, n + 10);
        bus.unsubscribe(1, n);
      },
    });
    bus.create(1);
    bus.subscribe(1, 1);
    bus.subscribe(1, 2);
    bus.send(1, bytes(1));
    expect(got).toEqual([1, 2]);
    bus.send(1, bytes(1));
    expect(got).toEqual([1, 2, 11, 12]);
  });

  it('close() forgets everything', () => {
    const bus = inboxBus();
    bus.create(1);
    bus.subscribe(1, inbox('a'));
    bus.close();
    bus.close();
    expect([bus.has(1), bus.send(1, bytes(1)), bus.subscribe(1, inbox('b'))]).toEqual([false, undefined, undefined]);
    expect(() => bus.create(1)).toThrow(expect.objectContaining({ code: 'BUS_ERR_CLOSED' }));
  });

  it('send() reaches exactly a model set of subscribers', () => {
    const step = fc.record({
      op: fc.constantFrom('create', 'subscribe', 'unsubscribe', 'leave', 'send'),
      id: fc.nat(3),
      who: fc.nat(4),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const got: number[] = [];
        const bus = createMemoryBus<number>({ frame: (data) => data, deliver: (n) => got.push(n) });
        const model = new Map<number, Set<number>>();
        for (const { op, id, who } of steps) {
          if (op === 'create') {
            bus.create(id);
            if (!model.has(id)) model.set(id, new Set());
          } else if (op === 'subscribe') {
            bus.subscribe(id, who);
            model.get(id)?.add(who);
          } else if (op === 'unsubscribe') {
            bus.unsubscribe(id, who);
            model.get(id)?.delete(who);
          } else if (op === 'leave') {
            bus.leave(who);
            for (const set of model.values()) set.delete(who);
          } else {
            got.length = 0;
            expect(bus.send(id, bytes(1))).toBe(model.get(id)?.size);
            expect(got).toEqual([...(model.get(id) ?? [])]);
          }
        }
      }),
    );
  });
});

/** Two buses joined in memory: what a network adapter does, without the network. */
const wire = () => {
  const ends: { wanted: Set<BroadcastId>; deliver?: (id: BroadcastId, data: Uint8Array) => void; closed: boolean }[] = [
    { wanted: new Set(), closed: false },
    { wanted: new Set(), closed: false },
  ];
  const transport = (own: 0 | 1): BusTransport => ({
    publish: (id, data) => {
      const other = ends[1 - own]!;
      if (other.wanted.has(id)) other.deliver?.(id, data);
    },
    interest: (id, wanted) => void (wanted ? ends[own]!.wanted.add(id) : ends[own]!.wanted.delete(id)),
    receive: (deliver) => void (ends[own]!.deliver = deliver),
    close: () => void (ends[own]!.closed = true),
  });
  return { ends, transport };
};

describe('BusTransport', () => {
  it('send() reaches subscribers of another process, once, and does not come back', () => {
    const { ends, transport } = wire();
    const [left, right] = [inboxBus(transport(0)), inboxBus(transport(1))];
    const [a, b] = [inbox('a'), inbox('b')];
    left.create(1);
    right.create(1);
    left.subscribe(1, a);
    right.subscribe(1, b);
    expect(left.send(1, bytes(5))).toBe(1);
    expect([a.got, b.got]).toEqual([[bytes(5)], [bytes(5)]]);
    right.leave(b);
    expect(ends[1]!.wanted.size).toBe(0);
    left.send(1, bytes(6));
    expect(b.got).toHaveLength(1);
    left.close();
    expect(ends[0]!.closed).toBe(true);
  });

  it('interest() is told of the first and the last subscriber only', () => {
    const calls: [BroadcastId, boolean][] = [];
    const bus = inboxBus({
      publish: () => undefined,
      interest: (id, wanted) => calls.push([id, wanted]),
      receive: () => undefined,
      close: () => undefined,
    });
    const [a, b] = [inbox('a'), inbox('b')];
    bus.create(4);
    bus.subscribe(4, a);
    bus.subscribe(4, b);
    bus.unsubscribe(4, a);
    bus.leave(b);
    expect(calls).toEqual([
      [4, true],
      [4, false],
    ]);
  });
});

describe('README', () => {
  it('README lists exactly the error codes', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const listed = [...readme.matchAll(/^\| `(BUS_ERR_[A-Z_]+)` /gm)].map((match) => match[1]);
    expect(listed.toSorted()).toEqual([...BUS_ERROR_CODES].toSorted());
  });
});
