/**
 * Broadcasts: create, subscribe, unsubscribe, send. Knows no sockets and no protocol.
 *
 * @packageDocumentation
 */
export type { BroadcastBus, BroadcastId, BusTransport } from './bus.js';
export { BUS_ERROR_CODES, BusError, type BusErrorCode } from './errors.js';
export { createMemoryBus, type MemoryBusOptions } from './memory-bus.js';
