export { createAgent } from './agent.js';
export type { AgentConnection } from './agent-connection.js';
export { SPOP_AGENT_ERROR_CODES, SpopAgentError, type SpopAgentErrorCode } from './errors.js';
export type { AgentEvent, CloseReason, RefuseReason } from './events.js';
export { type AgentLimits, DEFAULT_AGENT_LIMITS } from './limits.js';
export { setVar, unsetVar, type VariableValue } from './set-var.js';
export type {
  Actions,
  Agent,
  AgentOptions,
  AgentStats,
  CallContext,
  ListenAddress,
  ListenOptions,
  MessageHandler,
  NotifyHandler,
  StopOptions,
} from './types.js';
