import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { plainAddress } from './acl.js';
import { endWithin } from './end-within.js';
import type { ServerEvent } from './events.js';
import type { Service } from './service.js';

type Refusal = Extract<ServerEvent, { type: 'refused' }>;

/** What decides over an upgrade request besides the request. */
export interface Gate {
  readonly stopping: boolean;
  readonly full: boolean;
  readonly services: ReadonlyMap<string, Service>;
  readonly admitsAddress: (address: string) => boolean;
  readonly isAddressFull: (address: string) => boolean;
}

export type Verdict =
  | { readonly service: Service; readonly address: string }
  | { readonly status: number; readonly why: Refusal['why']; readonly address: string };

/**
 * Judges an upgrade request (`lapps.md 2.2`, `2.4`): the target is compared byte for byte; whatever is refused is refused
 * before the 101.
 */
export const judgeUpgrade = (request: IncomingMessage, gate: Gate): Verdict => {
  const address = plainAddress(request.socket.remoteAddress ?? '');
  const refuse = (status: number, why: Refusal['why']): Verdict => ({ status, why, address });
  if (gate.stopping) return refuse(503, 'stopping');
  if (!gate.admitsAddress(address)) return refuse(403, 'acl');
  const service = gate.services.get(request.url ?? '');
  if (service === undefined) return refuse(403, 'target');
  if (!service.admitsAddress(address)) return refuse(403, 'acl');
  if (!service.admitsOrigin(request.headers.origin)) return refuse(403, 'origin');
  if (gate.full) return refuse(503, 'connections');
  if (gate.isAddressFull(address)) return refuse(503, 'address');
  if (request.headers['sec-websocket-version'] !== '13') return refuse(426, 'handshake');
  return { service, address };
};

/** Answers an upgrade request with an error and ends the connection, `ms` from now at the latest. */
export const refuseUpgrade = (socket: Duplex, status: number, ms: number): void => {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Connection: close', 'Content-Length: 0'];
  // RFC 6455 4.4: say which version is spoken.
  if (status === 426) lines.push('Upgrade: websocket', 'Sec-WebSocket-Version: 13');
  if (status === 503) lines.push('Retry-After: 1');
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
  endWithin(socket, ms);
};
