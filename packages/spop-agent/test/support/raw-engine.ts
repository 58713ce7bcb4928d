import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  FrameSplitter,
  haproxyHelloEntries,
  type Message,
} from '@offload/spop-codec';
import type { ListenAddress } from '../../src/index.js';

export interface HelloOptions {
  readonly maxFrameSize?: number;
  readonly capabilities?: readonly string[];
  readonly engineId?: string;
  readonly healthcheck?: boolean;
  readonly supportedVersions?: readonly string[];
}

export function helloFrame(options: HelloOptions = {}): Uint8Array {
  const entries = haproxyHelloEntries({
    supportedVersions: ['2.0'],
    maxFrameSize: 16_380,
    capabilities: ['pipelining'],
    engineId: 'engine',
    healthcheck: false,
    ...options,
  });
  return encodeFrame({ type: 'haproxy-hello', entries }, { maxFrameBytes: 1 << 20 });
}

export function notifyFrame(
  streamId: number | bigint,
  messages: readonly Message[] = [{ name: 'm', args: [] }],
  frameId: number | bigint = 1,
): Uint8Array {
  return encodeFrame({ type: 'notify', streamId, frameId, messages }, { maxFrameBytes: 1 << 20 });
}

/** A socket that speaks as the test dictates, and queues the frames it is told. Knows no rules of the protocol. */
export class RawEngine {
  readonly socket: Socket;
  /** Sizes of the chunks that came. */
  readonly chunks: number[] = [];
  /** Resolves with the end of what the agent sends: true after FIN, false after a reset. */
  readonly ended: Promise<boolean>;
  readonly frames: Frame[] = [];
  private readonly splitter = new FrameSplitter(1 << 24);
  private wake: () => void = () => {};
  private over = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.chunks.push(chunk.length);
      this.splitter.push(chunk);
      while (this.splitter.next()) {
        const { bytes, at, end } = this.splitter;
        this.frames.push(decodeFrame(new Uint8Array(bytes.subarray(at, end)), { maxFrameBytes: 1 << 24 }));
      }
      this.wake();
    });
    this.ended = new Promise((resolve) => {
      socket.once('end', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
    });
    this.ended.then(() => {
      this.over = true;
      this.wake();
    });
  }

  static async open(address: ListenAddress): Promise<RawEngine> {
    const socket = 'path' in address ? connect(address.path) : connect(address.port, address.host);
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new RawEngine(socket);
  }

  /** Opens and shakes hands. */
  static async ready(address: ListenAddress, options: HelloOptions = {}): Promise<RawEngine> {
    const engine = await RawEngine.open(address);
    engine.send(helloFrame(options));
    const hello = await engine.next();
    if (hello.type !== 'agent-hello') throw new Error(`Expected agent-hello, got ${hello.type}`);
    return engine;
  }

  send(...parts: Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** The next frame; rejects when the stream ends first. */
  async next(): Promise<Frame> {
    while (this.frames.length === 0) {
      if (this.over) throw new Error('The agent closed the connection');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.frames.shift()!;
  }

  async take(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** Frames up to the end of the stream. */
  async rest(): Promise<Frame[]> {
    await this.ended;
    return this.frames.splice(0);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Status code of a disconnect frame; fails on any other. */
export function statusOf(frame: Frame): number {
  if (frame.type !== 'agent-disconnect') throw new Error(`Expected agent-disconnect, got ${frame.type}`);
  const entry = frame.entries.find(({ name }) => name === 'status-code');
  return entry?.value.type === 'uint32' ? entry.value.value : -1;
}
