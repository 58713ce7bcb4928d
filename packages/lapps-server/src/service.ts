import { type IncomingMessage, validateHeaderName, validateHeaderValue } from 'node:http';
import { type PerMessageDeflateOptions, WebSocketServer } from 'ws';
import { type Acl, type AddressTest, compileAcl } from './acl.js';
import type { Connection } from './connection.js';
import { LappsServerError } from './errors.js';
import type { CloseInfo } from './events.js';
import { checkLimit, type ServerLimits } from './limits.js';
import { compileOrigins, type OriginTest } from './origin.js';
import { PeerSocket } from './peer-socket.js';

/** `raw`: messages as they come. `LAppS`: the same bytes, agreed to be LAppS messages; see `lappsService` for decoded ones. */
export type ServiceProtocol = 'raw' | 'LAppS';

/**
 * One service at one request target. Handlers get the connection; what they throw, or what their promises are rejected
 * with, closes that connection with 1011 and is reported as a `handler-error` event.
 */
export interface ServiceOptions {
  /** Default `raw`. Also the subprotocol a client may ask for by that name. */
  readonly protocol?: ServiceProtocol | undefined;
  /** The connection is open; `request` is the upgrade request. */
  readonly onOpen?: ((connection: Connection, request: IncomingMessage) => unknown) | undefined;
  /**
   * One whole message. `data` is a view of memory that nobody writes to again but that may be larger: copy what is kept.
   * Text is valid UTF-8. Messages of one connection come in order, without waiting for returned promises; a Close waits for
   * them as it does for `onClosing`. `lendData` makes the view cheaper and shorter-lived.
   */
  readonly onMessage: (connection: Connection, data: Buffer, isBinary: boolean) => unknown;
  /**
   * `onMessage` is done with `data` when it returns (an async one, at its first `await`): the memory is used again, and a copy
   * spared. Such `data` must not be sent as `owned`. Default false.
   */
  readonly lendData?: boolean | undefined;
  /**
   * The client sends nothing more that counts: its Close frame came, the end of its half of TCP, or what RFC 6455 does not allow;
   * or the server stops, and reads nothing more.
   * What is sent until the returned promise is settled goes out before the answer, which waits no longer than `closeTimeoutMs` (at
   * a stop, four fifths of `graceMs`).
   * Behind all `onMessage`, before `onClose`; not where we closed first, or the connection broke.
   */
  readonly onClosing?: ((connection: Connection) => unknown) | undefined;
  /** Exactly once for every connection that was opened, whatever ended it; nothing can be sent any more. */
  readonly onClose?: ((connection: Connection, info: CloseInfo) => unknown) | undefined;
  /** Default: the server's `maxMessageBytes`. */
  readonly maxMessageBytes?: number | undefined;
  /** Who may connect, on top of the server's ACL; refused with 403. */
  readonly acl?: Acl | undefined;
  /** Further headers of the 101 response. */
  readonly extraHeaders?: { readonly [name: string]: string } | undefined;
  /** One more subprotocol name the service answers to. */
  readonly protoAlias?: string | undefined;
  /** Origins browsers may connect from; default: the server's list. See `ServerOptions.originAllowList`. */
  readonly originAllowList?: readonly string[] | undefined;
  /** permessage-deflate (RFC 7692); off by default. Options are those of ws. */
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
}

/** A service made ready. */
export interface Service {
  readonly target: string;
  readonly protocol: ServiceProtocol;
  readonly options: ServiceOptions;
  readonly admitsAddress: AddressTest;
  readonly admitsOrigin: OriginTest;
  readonly sockets: WebSocketServer;
  /** Largest message from a client. */
  readonly maxMessageBytes: number;
}

const refuse = (target: string, what: string, cause?: unknown): never => {
  throw new LappsServerError('LAPPS_SERVER_ERR_BAD_SERVICE', `Cannot use service ${target}: ${what}`, { cause });
};

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^\/[\x21-\x7e]*$/;
/** Headers of the handshake itself, and those that would change how the response is read. */
const RESERVED = /^(upgrade|connection|content-length|transfer-encoding|sec-websocket-.*)$/i;

const headerLines = (target: string, headers: { readonly [name: string]: string }): string[] =>
  Object.entries(headers).map(([name, value]) => {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      refuse(target, `extra header ${JSON.stringify(name)} is not a valid header`, cause);
    }
    if (typeof value !== 'string' || RESERVED.test(name)) refuse(target, `extra header "${name}" is not allowed`);
    return `${name}: ${value}`;
  });

const checkShape = (target: string, options: ServiceOptions): void => {
  if (!TARGET.test(target)) refuse(target, 'a request target is a path of printable ASCII that begins with /');
  if (typeof options.onMessage !== 'function') refuse(target, 'onMessage is missing');
  const { protocol = 'raw', protoAlias } = options;
  if (protocol !== 'raw' && protocol !== 'LAppS')
    refuse(target, `protocol "${String(protocol)}" is neither raw nor LAppS`);
  if (protoAlias !== undefined && !TOKEN.test(protoAlias)) refuse(target, `protoAlias "${protoAlias}" is not a token`);
};

/**
 * @throws LappsServerError `LAPPS_SERVER_ERR_BAD_SERVICE`, `LAPPS_SERVER_ERR_BAD_ACL`, `LAPPS_SERVER_ERR_BAD_ORIGIN`,
 *   `LAPPS_SERVER_ERR_BAD_LIMIT`
 */
export const makeService = (
  target: string,
  options: ServiceOptions,
  limits: ServerLimits,
  defaultOrigins: readonly string[] | undefined,
): Service => {
  checkShape(target, options);
  const protocol = options.protocol ?? 'raw';
  const names = [protocol, options.protoAlias];
  const maxMessageBytes = checkLimit(`maxMessageBytes of ${target}`, options.maxMessageBytes ?? limits.maxMessageBytes);
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    WebSocket: PeerSocket,
    maxPayload: maxMessageBytes,
    maxFragments: limits.maxFragments,
    maxBufferedChunks: limits.maxBufferedChunks,
    perMessageDeflate: options.perMessageDeflate ?? false,
    autoPong: false,
    // Only a name the client offered is answered, else browsers would refuse the response.
    handleProtocols: (offered) => [...offered].find((name) => names.includes(name)) ?? false,
    ...{ closeTimeout: limits.closeTimeoutMs },
  });
  const extra = headerLines(target, options.extraHeaders ?? {});
  if (extra.length > 0) sockets.on('headers', (headers) => headers.push(...extra));
  return {
    target,
    protocol,
    options,
    admitsAddress: compileAcl(options.acl),
    admitsOrigin: compileOrigins(options.originAllowList ?? defaultOrigins),
    sockets,
    maxMessageBytes,
  };
};
