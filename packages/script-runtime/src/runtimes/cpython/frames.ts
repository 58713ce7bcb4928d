/** Kinds of frames; the other copy is `python/offload_runtime/process.py`. */
export const ToChild = { Batch: 1, Answer: 2 } as const;
export const FromChild = { Items: 1, Reply: 2, Ask: 3, Hello: 4 } as const;

/** Length (uint32), kind (byte), number of the first call or of the question (uint32). */
export const HEADROOM = 9;

/** Fills in what stands in front of a frame; `end` is where its bytes end. */
export function writeHeader(bytes: Uint8Array, end: number, kind: number, number: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, end - 4, true);
  bytes[4] = kind;
  view.setUint32(5, number, true);
}

/** Cuts a stream of bytes into frames of the child. */
export class FrameReader {
  private rest: Uint8Array = new Uint8Array(0);
  private readonly onFrame: (kind: number, bytes: Uint8Array, at: number, end: number) => void;

  constructor(onFrame: (kind: number, bytes: Uint8Array, at: number, end: number) => void) {
    this.onFrame = onFrame;
  }

  /** Bytes of frames are views of `chunk`, which must stay as it is. */
  push(chunk: Uint8Array): void {
    const bytes = this.rest.length === 0 ? chunk : this.join(chunk);
    if (bytes === undefined) return;
    let at = 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    while (bytes.length - at > 4) {
      const end = at + 4 + view.getUint32(at, true);
      if (end > bytes.length) break;
      const start = at;
      at = end;
      // What the frame does may end in an error: what is behind it must not be lost.
      this.rest = bytes.subarray(at);
      this.onFrame(bytes[start + 4] as number, bytes, start + 5, end);
    }
    this.rest = bytes.subarray(at);
  }

  private joining: Uint8Array[] = [];
  private joined = 0;

  /** Long frames come in many chunks: they are put together once, when they are whole. */
  private join(chunk: Uint8Array): Uint8Array | undefined {
    if (this.joining.length === 0) {
      this.joining.push(this.rest);
      this.joined = this.rest.length;
    }
    this.joining.push(chunk);
    this.joined += chunk.length;
    const first = this.joining[0] as Uint8Array;
    if (first.length > 4) {
      const needed = 4 + new DataView(first.buffer, first.byteOffset).getUint32(0, true);
      if (this.joined < needed) return undefined;
    }
    const whole = Buffer.concat(this.joining, this.joined);
    this.joining = [];
    return whole;
  }
}
