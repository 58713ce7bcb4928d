import { Writer } from '@offload/spop-codec';

/** Memory of one writer in the pool; one that grew past it is left to the garbage collector. */
const POOLED_BYTES = 16 * 1024;
const MOST_POOLED = 64;

/**
 * Writers for the batches of one agent. A connection holds one only between its first frame of a pass and the moment
 * the kernel has the bytes, so idle connections cost no buffer.
 */
export class WriterPool {
  private readonly free: Writer[] = [];

  take(): Writer {
    // What a connection may owe is bounded by its frames in flight, so the writer needs no limit of its own.
    return this.free.pop() ?? new Writer(Number.MAX_SAFE_INTEGER, POOLED_BYTES);
  }

  /** Takes back a writer whose bytes no one reads any more. */
  give(writer: Writer): void {
    if (writer.bytes.length !== POOLED_BYTES || this.free.length >= MOST_POOLED) return;
    writer.reset();
    this.free.push(writer);
  }
}
