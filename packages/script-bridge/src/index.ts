export { BridgeError, type BridgeErrorCode } from './errors.js';
export { type Bridge, createBridge, type Frontend, type Log } from './io/frontend.js';
export { connectSpop, type SpopOptions } from './io/spop.js';
export {
  createWorkerApp,
  type RuntimeLoaders,
  type ScriptFile,
  type StartReport,
  type WorkerAppData,
} from './worker/app.js';
export type { RegisteredMessage } from './worker/message-registry.js';
