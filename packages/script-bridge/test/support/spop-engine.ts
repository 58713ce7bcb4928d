import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ListenAddress } from '@offload/spop-agent';
import { type Action, EngineSession, type Message } from '@offload/spop-codec';
import { onTestFinished } from 'vitest';

type Answered = { resolve(actions: readonly Action[]): void; reject(error: Error): void };

/** An engine (HAProxy's side) with one connection. */
export class SpopEngine {
  /** Resolves when the connection is over. */
  readonly closed: Promise<unknown>;
  private readonly socket: Socket;
  private readonly session = new EngineSession({ engineId: 'test', capabilities: ['pipelining'] });
  private readonly waiting = new Map<string, Answered>();
  private readonly ready: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = once(socket, 'close');
    let isReady = (): void => {};
    this.ready = new Promise((resolve) => {
      isReady = resolve;
    });
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const event of this.session.push(chunk)) {
        if (event.type === 'hello') isReady();
        else if (event.type === 'ack') this.take(event.streamId, event.actions);
      }
    });
    socket.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('the connection ended'));
    });
  }

  static async open(address: ListenAddress): Promise<SpopEngine> {
    const socket = connect(address);
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    const engine = new SpopEngine(socket);
    socket.write(engine.session.hello());
    await engine.ready;
    return engine;
  }

  private take(streamId: number | bigint, actions: readonly Action[]): void {
    this.waiting.get(String(streamId))?.resolve(actions);
    this.waiting.delete(String(streamId));
  }

  /** Writes once what `send` sends. */
  together<T>(send: () => T): T {
    this.socket.cork();
    try {
      return send();
    } finally {
      this.socket.uncork();
    }
  }

  /** Sends one message; rejects when the connection ends before its ACK. */
  notify(name: string, args: Message['args'] = []): Promise<readonly Action[]> {
    const { streamId, bytes } = this.session.notify([{ name, args }]);
    return new Promise((resolve, reject) => {
      this.waiting.set(String(streamId), { resolve, reject });
      this.socket.write(bytes);
    });
  }
}
