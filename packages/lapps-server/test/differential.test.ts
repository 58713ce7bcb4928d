import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createLappsServer, type LappsServer, type ServiceOptions } from '../src/index.js';
import { clientFrame, closePayload, RawClient } from './support/raw-client.js';

const MOST = 100_000;
const echo: ServiceOptions = {
  maxMessageBytes: MOST,
  onMessage: (connection, data, isBinary) => void connection.send(data, isBinary),
};

let theirs: WebSocketServer;
let ours: LappsServer;
const ports = { theirs: 0, ours: 0 };

beforeAll(async () => {
  theirs = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: MOST, perMessageDeflate: false });
  theirs.on('connection', (socket) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
    socket.on('error', () => undefined);
  });
  await once(theirs, 'listening');
  ours = createLappsServer({ services: { '/kept': echo, '/lent': { ...echo, lendData: true } } });
  ports.theirs = (theirs.address() as AddressInfo).port;
  ports.ours = ((await ours.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo).port;
});

afterAll(async () => {
  await ours.stop({ graceMs: 0 });
  theirs.close();
});

/** What a server answers to bytes that come in these pieces, until it or the stream ends. */
const answersTo = async (port: number, target: string, pieces: readonly Buffer[]): Promise<string[]> => {
  const client = await RawClient.open(port, target);
  for (const piece of pieces) {
    if (client.ended) break;
    await new Promise<void>((resolve) => client.socket.write(piece, () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.end();
  await client.end();
  return client.frames.map(({ opcode, payload }) => {
    // Of a Close the status counts: reasons are not asked for.
    if (opcode === 8) return `close ${payload.length < 2 ? '' : payload.readUInt16BE()}`;
    return `${opcode} ${payload.length} ${payload.toString('latin1', 0, 20)} ${payload.toString('latin1').slice(-20)}`;
  });
};

const frame = fc
  .record({
    opcode: fc.constantFrom(1, 1, 2, 2, 2, 9, 10, 0, 3),
    size: fc.constantFrom(0, 5, 125, 126, 4095, 4096, 5000, 65_535, 65_536, 70_000, 100_001),
    fin: fc.constantFrom(true, true, true, false),
    masked: fc.constantFrom(true, true, true, true, true, true, false),
    wide: fc.constantFrom(false, false, true),
    bad: fc.constantFrom(false, false, false, true),
  })
  .map(({ opcode, size, fin, masked, wide, bad }) => {
    const payload = Buffer.alloc(opcode > 8 && size > 126 ? 3 : size, 'pay€load');
    if (bad && payload.length > 0) payload[payload.length - 1] = 0xff;
    return clientFrame(opcode, payload, { fin, ...(masked ? {} : { mask: false }), ...(wide ? { width: 64 } : {}) });
  });

const good = fc
  .tuple(fc.constantFrom(1, 2), fc.constantFrom(0, 64, 5000, 65_536, 70_000))
  .map(([opcode, size]) => clientFrame(opcode, Buffer.alloc(size, 'good')));

describe('any bytes, however they are cut', () => {
  it('are answered as by ws alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(good, { maxLength: 4 }),
        fc.array(frame, { maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 80_000 }), { minLength: 1, maxLength: 6 }),
        async (first, then, changes, cuts) => {
          const stream = Buffer.concat([...first, ...then, clientFrame(8, closePayload(1000))]);
          for (const [at, value] of changes) stream[at % stream.length] = value;
          const pieces: Buffer[] = [];
          for (let at = 0; at < stream.length; at += pieces.at(-1)!.length) {
            const size = Math.max(cuts[pieces.length % cuts.length]!, pieces.length < 20 ? 1 : 20_000);
            pieces.push(stream.subarray(at, at + size));
          }
          const wanted = await answersTo(ports.theirs, '/', pieces);
          for (const target of ['/kept', '/lent']) {
            expect(await answersTo(ports.ours, target, pieces)).toEqual(wanted);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
