import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Writer, writeActions } from '../src/index.js';
import { helloFrame, ready } from './support/agent-session.js';
import { ascii, toHex } from './support/hex.js';
import { SessionRecorder, written } from './support/session-recorder.js';

describe('AgentSession answers', () => {
  test('AgentSession.writeAck() writes the vectors', () => {
    const { session } = ready();
    expect(written((w) => session.writeAck(w, 1, 1, new Uint8Array(0), 0, 0))).toBe('0000000767000000010101');
    expect(written((w) => session.writeAbort(w, 0, 1))).toBe('0000000767000000030001');
    expect(written((w) => session.writeDisconnect(w, 0))).toBe(
      '00000025660000000100000b7374617475732d636f64650300076d65737361676508066e6f726d616c',
    );
  });

  test('AgentSession.writeAck() never exceeds the agreed size less one and cuts between actions', () => {
    const recorder = new SessionRecorder();
    recorder.session.push(helloFrame({ maxFrameSize: 256 }));
    const actions = new Writer();
    for (let i = 0; i < 40; i++) {
      writeActions(actions, [
        { type: 'set-var', scope: 2, name: `v${i}`, value: { type: 'string', value: ascii('xyz') } },
      ]);
    }
    const ids = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((id) => (id < 2n ** 53n ? Number(id) : id));
    fc.assert(
      fc.property(fc.nat(actions.at), ids, ids, (end, streamId, frameId) => {
        const w = new Writer();
        const dropped = recorder.session.writeAck(w, streamId, frameId, actions.bytes, 0, end);
        expect(w.at - 4).toBeLessThanOrEqual(255);
        const sent = end - dropped;
        const rest = toHex(actions.bytes.subarray(sent, sent + 3));
        if (dropped > 0) expect(rest).toBe('010302');
      }),
    );
    const full = new Writer();
    const dropped = recorder.session.writeAck(full, 1, 1, actions.bytes, 0, actions.at);
    expect(dropped).toBeGreaterThan(0);
    // One more action would not have fitted.
    expect(full.at - 4 + 12).toBeGreaterThan(255);
  });

  test('AgentSession.writeAck() fills a frame to the last byte', () => {
    const recorder = new SessionRecorder();
    recorder.session.push(helloFrame({ maxFrameSize: 256 }));
    const action = (length: number): Uint8Array => {
      const w = new Writer();
      writeActions(w, [
        { type: 'set-var', scope: 2, name: 'v', value: { type: 'binary', value: new Uint8Array(length) } },
      ]);
      return w.view();
    };
    const w = new Writer();
    const fits = action(255 - 7 - 8);
    expect(fits.length).toBe(255 - 7);
    expect(recorder.session.writeAck(w, 1, 1, fits, 0, fits.length)).toBe(0);
    expect(w.at - 4).toBe(255);
    w.reset();
    const over = action(256 - 7 - 8);
    expect(recorder.session.writeAck(w, 1, 1, over, 0, over.length)).toBe(over.length);
    expect(toHex(w.view())).toBe('0000000767000000010101');
  });
});
