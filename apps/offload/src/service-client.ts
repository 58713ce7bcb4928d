import { connect as connectTls } from 'node:tls';
import { connect, type LappsClient, LappsClientError, type SocketLike } from '@offload/lapps-client';
import { type ClientOptions, WebSocket } from 'ws';
import { OffloadError } from './errors.js';

/** How long a server may take to answer a Close, ms: everything is printed by then. */
const CLOSE_TIMEOUT_MS = 2000;

/** Where a LAppS service is, and what of its certificate is asked. */
export interface ServiceAddress {
  /** `ws:`, `wss:`, or `ws+unix:PATH:/target`, `wss+unix:PATH:/target`. */
  readonly url: string;
  /** Accept any certificate. */
  readonly insecure: boolean;
  /** PEM of the authorities to trust; default: the system's. */
  readonly ca?: string;
}

/** How a connection is used. */
export interface ServiceOptions {
  /** For the connection and for each answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly onClose: (code: number, reason: string) => void;
  /** The service sent an error object that answers no request: it refuses a notification. */
  readonly onRefusal: (error: LappsClientError) => void;
  /** The service sent what is neither answer nor notification. */
  readonly onOddity: (what: string) => void;
}

/**
 * Connects once.
 *
 * @throws OffloadError `OFFLOAD_ERR_CONNECT` that says what to do about it, `OFFLOAD_ERR_TIMEOUT`
 */
export async function connectService(address: ServiceAddress, options: ServiceOptions): Promise<LappsClient> {
  const { url, insecure, ca } = address;
  let fault: NodeJS.ErrnoException | undefined;
  const socketFactory = (target: string, protocols: string[]): SocketLike => {
    const tls = insecure ? { rejectUnauthorized: false } : {};
    const { url: place, own } = placeOf(target);
    // The types of ws do not know it yet.
    const closeTimeout = Math.min(CLOSE_TIMEOUT_MS, options.timeoutMs);
    const more: ClientOptions & { closeTimeout: number } = {
      ...tls,
      ...own,
      ...(ca === undefined ? {} : { ca }),
      closeTimeout,
    };
    const socket = new WebSocket(place, protocols, more);
    socket.on('error', (error) => {
      fault ??= error;
    });
    return socket as unknown as SocketLike;
  };
  try {
    return await connect(url, {
      socketFactory,
      reconnect: false,
      connectTimeoutMs: options.timeoutMs,
      requestTimeoutMs: options.timeoutMs,
      onClose: ({ code, reason }) => options.onClose(code, reason),
      onRaw: (data) =>
        options.onOddity(`${data.length} ${typeof data === 'string' ? 'characters' : 'bytes'} that are not LAppS`),
      onProtocolError: ({ message, cause }) => {
        if (cause instanceof LappsClientError) options.onRefusal(cause);
        else options.onOddity(message);
      },
    });
  } catch (error) {
    throw connectFault(error, fault, address);
  }
}

/** TLS over a unix socket, which `ws` has no URL for; the certificate is checked for localhost. */
function placeOf(url: string): { readonly url: string; readonly own: ClientOptions } {
  const [, path, target] = /^wss\+unix:(.*?):(\/.*)$/.exec(url) ?? [];
  if (path === undefined) return { url, own: {} };
  const createConnection = (options: object) => connectTls({ ...options, path });
  return { url: `wss://localhost${target}`, own: { createConnection } as unknown as ClientOptions };
}

function connectFault(error: unknown, fault: NodeJS.ErrnoException | undefined, address: ServiceAddress): unknown {
  if (!(error instanceof LappsClientError)) return error;
  if (error.code === 'LAPPS_CLIENT_ERR_TIMEOUT') return new OffloadError('OFFLOAD_ERR_TIMEOUT', error.message);
  const reason = fault === undefined ? error.message : reasonOf(fault, address);
  return new OffloadError('OFFLOAD_ERR_CONNECT', `Cannot connect to ${address.url}: ${reason}`, { cause: error });
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What went wrong, and what to do about it where that is known. */
function reasonOf({ code = '', message }: NodeJS.ErrnoException, { url }: ServiceAddress): string {
  if (code === 'ECONNREFUSED' || code === 'ENOENT') {
    return 'nobody listens there. Start a server first: offload serve --ws';
  }
  if (UNTRUSTED.has(code))
    return `its certificate is not trusted: --ca FILE trusts it, --insecure trusts any (${code})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is for another name: ${message}`;
  if (url.startsWith('wss') && code === 'EPROTO') return 'it speaks no TLS there: try ws: instead of wss:';
  if (message === 'socket hang up' || code === 'ECONNRESET') return `it hung up: try ${other(url)} (${message})`;
  const status = /Unexpected server response: (\d+)/.exec(message)?.[1];
  if (status === '403') return 'refused with 403: there is no service at this path, or it is not for this client';
  if (status === '503') return 'refused with 503: the server is full, or about to stop';
  if (status !== undefined) return `answered with ${status}: there is no WebSocket service`;
  return message === '' ? code : message;
}

const other = (url: string): string => (url.startsWith('wss') ? 'ws: instead of wss:' : 'wss: instead of ws:');
