export { compose, type House } from './compose.js';
export { type Config, configJsonSchema, DEFAULT_CONFIG, validateConfig } from './config.js';
export type { ScriptSpec } from './engines.js';
export { ConfigError, type ConfigFault, OffloadError, type OffloadErrorCode } from './errors.js';
export { formatSocketAddress, parseSocketAddress, type SocketAddress } from './listen-address.js';
export { createLogger, type LogFields, type Logger } from './logger.js';
export { type NotifyAnswer, type NotifyRequest, sendNotify } from './notify-client.js';
export type { LoadedMessage, Running } from './ready-text.js';
