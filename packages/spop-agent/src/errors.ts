/** Every error code of this package. */
export const SPOP_AGENT_ERROR_CODES = [
  /** An option or limit is of the wrong kind or out of range. */
  'SPOP_AGENT_ERR_OPTION',
  /** The address could not be listened on; `cause` has the system's error. */
  'SPOP_AGENT_ERR_LISTEN',
  /** Another process answers on the unix socket. */
  'SPOP_AGENT_ERR_SOCKET_IN_USE',
  /** The path of the unix socket holds something that is no socket. */
  'SPOP_AGENT_ERR_NOT_A_SOCKET',
  /** The agent was stopped. */
  'SPOP_AGENT_ERR_STOPPED',
] as const;

/** Literal union of the codes a `SpopAgentError` can carry. */
export type SpopAgentErrorCode = (typeof SPOP_AGENT_ERROR_CODES)[number];

/** The only error this package throws by itself; faults of peers and handlers become events. */
export class SpopAgentError extends Error {
  override readonly name = 'SpopAgentError';
  readonly code: SpopAgentErrorCode;

  constructor(code: SpopAgentErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
