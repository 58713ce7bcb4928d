import {
  beginFrame,
  Cursor,
  endFrame,
  FrameFlag,
  FrameType,
  readActions,
  Writer,
  writeMessages,
} from '@offload/spop-codec';

/** The message of spoa-server's sample configuration: five arguments without names. */
export const SAMPLE_MESSAGE = 'check-client-ip';
export const HOST = 'www.example.com';

/** Values of one NOTIFY, and the score a right handler computes from them. */
export interface Sample {
  readonly integer: number;
  readonly lastOctet: number;
  readonly score: number;
}

export function sampleOf(n: number): Sample {
  const integer = 1000 + (n % 1024);
  const lastOctet = (n * 7) & 255;
  return { integer, lastOctet, score: (integer * 7 + lastOctet + HOST.length + 1) % 101 };
}

/** One whole NOTIFY frame carrying the sample. */
export function encodeSampleNotify(streamId: number, frameId: number, sample: Sample): Uint8Array {
  const w = new Writer();
  const start = beginFrame(w, FrameType.NOTIFY, FrameFlag.FIN, streamId, frameId);
  writeMessages(w, [
    {
      name: SAMPLE_MESSAGE,
      args: [
        { name: '', value: { type: 'bool', value: true } },
        { name: '', value: { type: 'int64', value: sample.integer } },
        { name: '', value: { type: 'ipv4', value: Uint8Array.of(10, 1, 2, sample.lastOctet) } },
        { name: '', value: { type: 'ipv6', value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x55) } },
        { name: '', value: { type: 'string', value: new TextEncoder().encode(HOST) } },
      ],
    },
  ]);
  endFrame(w, start, w.limit);
  return w.view().slice();
}

/** The integer an ACK's payload sets as `ip_score`, or undefined. */
export function readScore(bytes: Uint8Array, at: number, end: number): number | undefined {
  for (const action of readActions(new Cursor(bytes, at, end))) {
    if (action.type === 'set-var' && action.name === 'ip_score' && 'value' in action.value)
      return Number(action.value.value);
  }
  return undefined;
}
