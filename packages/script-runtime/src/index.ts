export { byteString, bytesOf } from './byte-string.js';
export { type ScriptErrorCode, type ScriptErrorData, ScriptRuntimeError } from './errors.js';
export { createInlinePool, type InlinePoolOptions } from './inline-pool.js';
export { ArgumentKind, NamedArguments } from './named-arguments.js';
export { ANY_WORKER, type Pool, type PoolHandlers, type PoolStats } from './pool.js';
export { copyOf } from './ring.js';
export {
  type EngineHost,
  type EngineOptions,
  type LoadedScript,
  type LogLevel,
  PENDING,
  type Pending,
  type ScriptCall,
  type ScriptEngine,
  type ScriptRuntime,
} from './runtime.js';
export type { Subject } from './subjects.js';
export { createThreadPool } from './thread-pool.js';
export type { ThreadPoolOptions } from './thread-pool-options.js';
export {
  CoroutineObject,
  type HostConstants,
  HostError,
  type HostFunction,
  type HostModule,
  HostObject,
  type HostObjectClass,
  type HostResult,
  Results,
  ScriptFunction,
  ScriptTable,
  type ScriptValue,
} from './value.js';
export { runWorker } from './worker.js';
export type { WorkerApp, WorkerAppFactory, WorkerPort } from './worker-app.js';
