/**
 * WebSocket server for raw and LAppS services. Knows no scripts.
 *
 * @packageDocumentation
 */
export { type Acl, type AddressTest, compileAcl } from './acl.js';
export type { Connection } from './connection.js';
export { LAPPS_SERVER_ERROR_CODES, LappsServerError, type LappsServerErrorCode } from './errors.js';
export type { CloseCause, CloseInfo, ServerEvent, ServerEventHook, ServerStats } from './events.js';
export type { Framed } from './frame.js';
export {
  type LappsCall,
  type LappsServiceOptions,
  lappsService,
  notify,
  RequestError,
  refuseMessage,
} from './lapps-service.js';
export { DEFAULT_SERVER_LIMITS, type ServerLimits } from './limits.js';
export type { ListenOptions } from './listener.js';
export { createLappsServer, type LappsServer, type ServerOptions, type StopOptions } from './server.js';
export type { Service, ServiceOptions, ServiceProtocol } from './service.js';
export type { TlsOptions } from './tls.js';
