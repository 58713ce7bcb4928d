import { expect } from 'vitest';
import { encodeFrame, type Frame, haproxyHelloEntries } from '../../src/index.js';
import { ascii } from './hex.js';
import { SessionRecorder } from './session-recorder.js';

/** A HAPROXY-HELLO that is accepted, unless the options say otherwise. */
export const helloFrame = (options: Partial<Parameters<typeof haproxyHelloEntries>[0]> = {}): Uint8Array =>
  encodeFrame({
    type: 'haproxy-hello',
    entries: haproxyHelloEntries({
      supportedVersions: ['2.0'],
      maxFrameSize: 16_380,
      capabilities: ['pipelining'],
      engineId: 'e',
      healthcheck: false,
      ...options,
    }),
  });

export const HELLO = helloFrame();

const frame = (f: Frame): Uint8Array => encodeFrame(f, { maxFrameBytes: 1 << 20 });

export const notify = (streamId: number | bigint, frameId = 1): Uint8Array =>
  frame({ type: 'notify', streamId, frameId, messages: [{ name: 'm', args: [] }] });

export const part = (
  type: 'notify-fragment' | 'unset',
  text: string,
  { fin = false, abort = false, streamId = 0, frameId = 1 } = {},
): Uint8Array => frame({ type, streamId, frameId, fin, abort, payload: ascii(text) });

/** A session that had its HELLO. */
export function ready(options = {}): SessionRecorder {
  const recorder = new SessionRecorder(options);
  recorder.session.push(HELLO);
  expect(recorder.take()).toEqual([['hello', 'e']]);
  return recorder;
}
