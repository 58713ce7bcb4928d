export { type ScriptErrorCode, type ScriptErrorData, ScriptRuntimeError } from './errors.js';
export { ArgumentKind, NamedArguments } from './named-arguments.js';
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
export {
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
