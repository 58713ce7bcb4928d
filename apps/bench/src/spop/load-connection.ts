import { connect, type Socket } from 'node:net';
import {
  beginFrame,
  Cursor,
  endFrame,
  FrameFlag,
  FrameHeader,
  FrameSplitter,
  FrameType,
  haproxyHelloEntries,
  readFrameHeader,
  Writer,
  writeKvList,
} from '@offload/spop-codec';
import { encodeSampleNotify, readScore, type Sample, sampleOf } from './sample.js';

/** Every so many ACKs one is decoded whole; the others only need to be there and not empty. */
const CHECK_EVERY = 16;

/** What all connections report to. */
export interface LoadSink {
  acked(us: number): void;
  failed(why: string): void;
}

interface Slot {
  readonly frame: Uint8Array;
  readonly sample: Sample;
  sentAt: number;
}

/** One SPOP connection that keeps `window` NOTIFYs in flight. */
export class LoadConnection {
  private readonly socket: Socket;
  private readonly splitter = new FrameSplitter();
  private readonly header = new FrameHeader();
  private readonly slots: Slot[] = [];
  private readonly sink: LoadSink;
  private acks = 0;
  private stopping = false;
  private onReady: (() => void) | undefined;

  constructor(port: number, window: number, index: number, sink: LoadSink) {
    this.sink = sink;
    for (let i = 0; i < window; i++) {
      const sample = sampleOf(index * 131 + i);
      this.slots.push({ frame: encodeSampleNotify(i, 1 + index, sample), sample, sentAt: 0 });
    }
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('connect', () => this.socket.write(hello()));
    this.socket.on('data', (chunk) => this.onData(chunk));
    this.socket.on('error', (error) => this.fail(error.message));
    this.socket.on('close', () => this.fail('connection closed by the agent'));
  }

  /** Resolves once the agent has answered HELLO. */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.onReady = resolve;
    });
  }

  /** Sends the first window. */
  start(): void {
    this.send(this.slots.map((_, i) => i));
  }

  stop(): void {
    this.stopping = true;
    this.socket.destroy();
  }

  private fail(why: string): void {
    if (!this.stopping) this.sink.failed(why);
    this.stopping = true;
  }

  private send(indexes: readonly number[]): void {
    const now = performance.now();
    const frames: Uint8Array[] = [];
    for (const i of indexes) {
      this.slots[i].sentAt = now;
      frames.push(this.slots[i].frame);
    }
    if (frames.length > 0 && !this.stopping) this.socket.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }

  private onData(chunk: Buffer): void {
    const now = performance.now();
    const again: number[] = [];
    this.splitter.push(chunk);
    while (this.splitter.next()) {
      const { bytes, at, end } = this.splitter;
      readFrameHeader(new Cursor(bytes, at, end), this.header);
      if (this.header.type === FrameType.AGENT_HELLO) this.onReady?.();
      else if (this.header.type === FrameType.ACK) again.push(this.onAck(bytes, now));
      else this.fail(`frame of type ${this.header.type}`);
    }
    this.send(again);
  }

  private onAck(bytes: Uint8Array, now: number): number {
    const { streamId, payloadAt, payloadEnd } = this.header;
    const slot = this.slots[Number(streamId)];
    if (payloadAt === payloadEnd) this.fail('ACK without actions');
    else if (this.acks++ % CHECK_EVERY === 0) {
      const score = readScore(bytes, payloadAt, payloadEnd);
      if (score !== slot.sample.score) this.fail(`ip_score is ${score}, must be ${slot.sample.score}`);
    }
    this.sink.acked((now - slot.sentAt) * 1000);
    return Number(streamId);
  }
}

function hello(): Uint8Array {
  const w = new Writer();
  const start = beginFrame(w, FrameType.HAPROXY_HELLO, FrameFlag.FIN, 0, 0);
  writeKvList(
    w,
    haproxyHelloEntries({
      supportedVersions: ['2.0'],
      maxFrameSize: 16380,
      capabilities: ['pipelining'],
      engineId: 'c0ffee00-0000-4000-8000-000000000001',
      healthcheck: false,
    }),
  );
  endFrame(w, start, w.limit);
  return w.view();
}
