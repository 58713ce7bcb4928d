/** One HTTP request over a unix socket or TCP, with a client address of the test's choice. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect, isIPv6, type NetConnectOpts, type Socket } from 'node:net';

export interface HttpRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Client address to tell HAProxy in a PROXY protocol line (the frontend must have `accept-proxy`). */
  readonly from?: string;
  /** Whose connection to use. */
  readonly client?: KeepAliveClient;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** One character per byte. */
  readonly body: string;
}

function proxyLine(from: string): string {
  return isIPv6(from) ? `PROXY TCP6 ${from} ::1 40000 80\r\n` : `PROXY TCP4 ${from} 127.0.0.1 40000 80\r\n`;
}

function open(target: NetConnectOpts, from: string | undefined): Socket {
  const socket = connect(target);
  if (from !== undefined) socket.write(proxyLine(from));
  return socket;
}

/** A client whose requests share one connection, one after the other. Call `destroy` at the end. */
export class KeepAliveClient extends Agent {
  readonly #connect: () => Socket;

  constructor(target: NetConnectOpts, from?: string) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#connect = () => open(target, from);
  }

  override createConnection(): Socket {
    return this.#connect();
  }
}

/** Sends one request, on a connection of its own unless a client is given; rejects on anything but a whole answer. */
export function sendHttp(target: NetConnectOpts, options: HttpRequest): Promise<HttpResponse> {
  const { from, body, client, ...rest } = options;
  const route = client === undefined ? { createConnection: () => open(target, from) } : { agent: client };
  return new Promise((resolve, reject) => {
    const outgoing = request({ path: '/', ...rest, host: 'test.invalid', ...route });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('latin1');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    outgoing.end(body);
  });
}
