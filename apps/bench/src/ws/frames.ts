/** A whole client frame (RFC 6455 5.2): masked, with a key of zero, which costs a server what any key costs. */
export function clientFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(2 + extended + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const key = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  key.copy(frame, 2 + extended);
  for (let i = 0; i < length; i++) frame[6 + extended + i] = (payload[i] as number) ^ (key[i & 3] as number);
  return frame;
}

/** Told of every whole frame; `bytes` from `at` to `end` is the payload, valid during the call. */
export type FrameHandler = (opcode: number, bytes: Buffer, at: number, end: number) => void;

/** Cuts what a server sends into frames. Servers neither mask nor fragment here. */
export class FrameSplitter {
  private rest: Buffer | undefined;
  private readonly onFrame: FrameHandler;

  constructor(onFrame: FrameHandler) {
    this.onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    const bytes = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    for (;;) {
      const payloadAt = at + headerBytes(bytes, at);
      if (payloadAt > bytes.length) break;
      const end = payloadAt + payloadBytes(bytes, at);
      if (end > bytes.length) break;
      this.onFrame((bytes[at] as number) & 15, bytes, payloadAt, end);
      at = end;
    }
    this.rest = at === bytes.length ? undefined : bytes.subarray(at);
  }
}

function headerBytes(bytes: Buffer, at: number): number {
  if (at + 2 > bytes.length) return Number.POSITIVE_INFINITY;
  const length = (bytes[at + 1] as number) & 127;
  return length < 126 ? 2 : length === 126 ? 4 : 10;
}

function payloadBytes(bytes: Buffer, at: number): number {
  const length = (bytes[at + 1] as number) & 127;
  if (length < 126) return length;
  return length === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
}
