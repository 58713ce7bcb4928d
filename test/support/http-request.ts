/** One HTTP request over a unix socket or TCP, with a client address of the test's choice. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect, isIPv6, type NetConnectOpts } from 'node:net';

export interface HttpRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Client address to tell HAProxy in a PROXY protocol line (the frontend must have `accept-proxy`). */
  readonly from?: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function proxyLine(from: string): string {
  return isIPv6(from) ? `PROXY TCP6 ${from} ::1 40000 80\r\n` : `PROXY TCP4 ${from} 127.0.0.1 40000 80\r\n`;
}

/** Sends one request on a connection of its own; rejects on anything but a complete response. */
export function sendHttp(target: NetConnectOpts, { from, path, body, ...options }: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const createConnection = () => {
      const socket = connect(target);
      if (from !== undefined) socket.write(proxyLine(from));
      return socket;
    };
    const outgoing = request({ ...options, path: path ?? '/', host: 'test.invalid', agent: false, createConnection });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    outgoing.end(body);
  });
}
