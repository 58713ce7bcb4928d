import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MessageTaker, takeMessages } from '../src/receive-ahead.js';
import { unmask } from '../src/unmask.js';
import { start } from './support/harness.js';
import { clientFrame } from './support/raw-client.js';

const message = fc.record({
  text: fc.boolean(),
  size: fc.constantFrom(0, 1, 5, 64, 125, 126, 127, 300, 65_535, 65_536, 70_000),
  fragments: fc.constantFrom(1, 1, 1, 2, 3),
  ping: fc.boolean(),
});

const payloadOf = (n: number, text: boolean, size: number): Buffer =>
  text ? Buffer.from('aé€'.repeat(size).slice(0, Math.floor(size / 3))) : Buffer.alloc(size, n + 1);

/** A message as a client may send it: in one frame or several, pings in between. */
const framesOf = (payload: Buffer, { text, fragments, ping }: { text: boolean; fragments: number; ping: boolean }) => {
  const step = Math.ceil(payload.length / fragments);
  const frames = Array.from({ length: fragments }, (_, i) =>
    clientFrame(i > 0 ? 0 : text ? 1 : 2, payload.subarray(i * step, (i + 1) * step), { fin: i === fragments - 1 }),
  );
  return Buffer.concat(frames.flatMap((frame) => (ping ? [clientFrame(9, 'p'), frame] : [frame])));
};

describe('takeMessages()', () => {
  it.each([false, true])(
    'every message arrives once and in order, however it is framed and cut, also when the reader pauses (lendData: %s)',
    async (lendData) => {
      let count = 0;
      const { open } = await start({
        services: {
          '/echo': {
            maxMessageBytes: 100_000,
            lendData,
            onMessage: (connection, data, isBinary) => {
              connection.send(data, isBinary);
              count += 1;
              if (count % 3 > 0) return;
              connection.pauseReading();
              setImmediate(() => connection.resumeReading());
            },
          },
        },
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(message, { minLength: 1, maxLength: 12 }),
          fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 10 }),
          async (messages, cuts) => {
            const client = await open('/echo');
            const payloads = messages.map(({ text, size }, n) => payloadOf(n, text, size));
            const stream = Buffer.concat(messages.map((one, n) => framesOf(payloads[n]!, one)));
            for (let at = 0, i = 0; at < stream.length; i += 1) {
              // Tiny pieces for a while only: of many an unfinished message may not consist.
              const end = at + Math.max(cuts[i % cuts.length]!, i < 200 ? 1 : 20_000);
              client.send(stream.subarray(at, end));
              at = end;
              await new Promise((resolve) => setImmediate(resolve));
            }
            for (const [n, { text }] of messages.entries()) {
              let frame = await client.frame();
              while (frame.opcode === 10) frame = await client.frame();
              expect([frame.opcode, frame.payload.equals(payloads[n]!)]).toEqual([text ? 1 : 2, true]);
            }
            client.destroy();
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  const taken = (chunk: Buffer, maxBytes = 1000, most = 100): { bytes: number; messages: string[] } => {
    const messages: string[] = [];
    const taker: MessageTaker = {
      get listening() {
        return messages.length < most;
      },
      receivedMessage: (data, isBinary) => messages.push(`${isBinary ? 'binary' : 'text'} ${data}`),
    };
    return { bytes: takeMessages(taker, chunk, 0, maxBytes, false), messages };
  };
  const hello = clientFrame(2, 'hello');

  it('takeMessages() takes the whole messages at the start and says how many bytes they were', () => {
    const text = clientFrame(1, 'ä');
    const chunk = Buffer.concat([hello, text, hello.subarray(0, 9)]);
    expect(taken(chunk)).toEqual({ bytes: hello.length + text.length, messages: ['binary hello', 'text ä'] });
    expect(taken(Buffer.concat([hello, hello]), 1000, 1)).toEqual({ bytes: hello.length, messages: ['binary hello'] });
  });

  it.each([
    ['a fragment', clientFrame(2, 'x', { fin: false })],
    ['a continuation', clientFrame(0, 'x')],
    ['a ping', clientFrame(9, 'x')],
    ['a close', clientFrame(8, Buffer.of(3, 232))],
    ['an extension bit', clientFrame(2, 'x', { rsv: 4 })],
    ['an unknown opcode', clientFrame(3, 'x')],
    ['an unmasked frame', clientFrame(2, 'xxxxxxxx', { mask: false })],
    ['a message over the limit', clientFrame(2, 'x'.repeat(1001))],
    ['a length beyond 32 bits', clientFrame(2, 'x', { width: 64, length: 2n ** 32n + 1n })],
    ['text that is not UTF-8', clientFrame(1, Buffer.of(0xc3, 0x28))],
    ['a header without its key', hello.subarray(0, 5)],
  ])('takeMessages() leaves %s to ws', (_what, frame) => {
    expect(taken(Buffer.concat([hello, frame]))).toEqual({ bytes: hello.length, messages: ['binary hello'] });
  });

  it('text that is not UTF-8 is answered 1007, although it was unmasked ahead of ws', async () => {
    const { open } = await start({ services: { '/echo': { onMessage: () => undefined } } });
    const client = await open('/echo');
    client.send(hello, clientFrame(1, Buffer.from('fine until here \xc3(', 'latin1')));
    expect(await client.closeCode()).toBe(1007);
  });
});

describe('unmask()', () => {
  it('unmask() is the XOR of RFC 6455 5.3 at every length, alignment and phase', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.nat(7),
        fc.nat(3),
        (plain, key, shift, phase) => {
          const bytes = new Uint8Array(new ArrayBuffer(plain.length + shift + 8), shift);
          bytes.set(plain);
          unmask(bytes, 0, plain.length, Buffer.from(key).readInt32BE(), phase);
          const wanted = plain.map((byte, i) => byte ^ key[(i + phase) & 3]!);
          expect(bytes.subarray(0, plain.length)).toEqual(wanted);
          expect(bytes.subarray(plain.length).every((byte) => byte === 0)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
