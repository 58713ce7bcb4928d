import { connect, type Socket } from 'node:net';
import { clientFrame, type FrameHandler, FrameSplitter } from './frames.js';

const PING = 9;
const PONG = 10;
const CLOSE = 8;
/** What the key below has to be answered with (RFC 6455 4.2.2). */
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

export interface ConnectionSink {
  /** A data frame came. */
  readonly onFrame: FrameHandler;
  readonly failed: (why: string) => void;
}

/** A WebSocket client that costs little: a TCP socket, a handshake, frames as they come. Answers pings. */
export class Connection {
  pings = 0;
  readonly socket: Socket;
  private readonly opened: Promise<void>;
  private ending = false;

  constructor(port: number, target: string, sink: ConnectionSink) {
    const splitter = new FrameSplitter((opcode, bytes, at, end) => {
      if (opcode === PING) {
        this.pings++;
        this.socket.write(clientFrame(PONG, bytes.subarray(at, end)));
      } else if (opcode === CLOSE) sink.failed(`closed with ${end - at < 2 ? 1005 : bytes.readUInt16BE(at)}`);
      else if (opcode !== PONG) sink.onFrame(opcode, bytes, at, end);
    });
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.opened = new Promise((resolve, reject) => {
      let head = '';
      const onHead = (chunk: Buffer): void => {
        head += chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        this.socket.off('data', onHead);
        if (!head.startsWith('HTTP/1.1 101 ') || !head.includes(ACCEPT)) {
          reject(new Error(`refused: ${head.slice(0, head.indexOf('\r\n'))}`));
          return;
        }
        this.socket.on('data', (bytes: Buffer) => splitter.push(bytes));
        if (end + 4 < head.length) splitter.push(Buffer.from(head.slice(end + 4), 'latin1'));
        resolve();
      };
      this.socket.on('data', onHead).once('error', reject);
    });
    this.socket.on('close', () => this.ending || sink.failed('the connection ended'));
    this.socket.write(
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
  }

  ready(): Promise<void> {
    return this.opened;
  }

  end(): void {
    this.ending = true;
    this.socket.destroy();
  }
}
