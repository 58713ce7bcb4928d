/**
 * Kinds of frames; the other copy is `python/offload_runtime/process.py`. `Tick` says that a script still runs, so that a
 * thread that waits for it can be ended.
 */
export const ToChild = { Batch: 1, Answer: 2 } as const;
export const FromChild = { Items: 1, Reply: 2, Ask: 3, Hello: 4, Tick: 5 } as const;

/** Length (uint32), kind (byte), number of the first call or of the question (uint32). */
export const HEADROOM = 9;

/** Fills in what stands in front of a frame; `end` is where its bytes end. */
export function writeHeader(bytes: Uint8Array, end: number, kind: number, number: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, end - 4, true);
  bytes[4] = kind;
  view.setUint32(5, number, true);
}

/** The number {@link writeHeader} filled in. */
export function headerNumber(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(5, true);
}

/** Receives a frame behind its kind: `bytes` from `at` to `end`, which stay as they are. */
export type FrameHandler = (kind: number, bytes: Uint8Array, at: number, end: number) => void;

/** Cuts chunks of a stream into frames of the child. */
export class FrameSplitter {
  private parts: Uint8Array[] = [];
  private size = 0;
  private readonly onFrame: FrameHandler;

  constructor(onFrame: FrameHandler) {
    this.onFrame = onFrame;
  }

  /** `chunk` must stay as it is. */
  push(chunk: Uint8Array): void {
    this.parts.push(chunk);
    this.size += chunk.length;
    const first = this.parts[0] as Uint8Array;
    // Frames of many chunks are put together once, when they are whole.
    if (this.parts.length > 1 && first.length > 4 && this.size < 4 + lengthAt(first, 0)) return;
    const bytes = this.parts.length === 1 ? chunk : Buffer.concat(this.parts, this.size);
    let at = 0;
    while (bytes.length - at > 4) {
      const end = at + 4 + lengthAt(bytes, at);
      if (end > bytes.length) break;
      const start = at;
      at = end;
      this.onFrame(bytes[start + 4] as number, bytes, start + 5, end);
    }
    this.parts = at === bytes.length ? [] : [bytes.subarray(at)];
    this.size = bytes.length - at;
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}
