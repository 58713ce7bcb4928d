import { DEFAULT_MAX_REASSEMBLED_BYTES, FIRST_FRAME_MAX_BYTES, MIN_MAX_FRAME_SIZE } from '@offload/spop-codec';
import { SpopAgentError } from './errors.js';

/** What one agent grants its peers. Every bound has a finite default but the idle time, which is the engine's to end. */
export interface AgentLimits {
  /** Connections served at once. Others are held for `refuseDelayMs` and refused; past twice the number they are cut. */
  readonly maxConnections: number;
  /** Largest `max-frame-size` an engine may offer; a larger offer is refused with status 9. At least 256. */
  readonly maxFrameBytes: number;
  /** Largest first frame of a connection, before a size is agreed. */
  readonly helloBytes: number;
  /** NOTIFYs of one connection that wait for their ACK; at that number the connection is not read. */
  readonly maxInFlightPerConnection: number;
  /** Joined payload of one fragmented NOTIFY; a longer one is given up. There is one such message per connection. */
  readonly maxReassembledBytes: number;
  /** A connection without traffic and without anything in flight is closed after this; 0, the default, is never. */
  readonly idleTimeoutMs: number;
  /** Time from the connection to its HELLO. */
  readonly handshakeTimeoutMs: number;
  /** How long a refused connection is held: engines up to HAProxy 3.0 reconnect the instant one dies (spop.md 2.3). */
  readonly refuseDelayMs: number;
  /** Most ACK bytes that may be unread in HAProxy (spop.md 3.10); the agreed frame size less one if that is less. */
  readonly ackBurstBytes: number;
  /** After this an ACK counts as read that nothing proves read. */
  readonly ackIntervalMs: number;
  /** Unsent bytes of one connection above which it is not read. At least 32768. */
  readonly maxQueuedWriteBytes: number;
  /** An asynchronous handler that takes longer is answered for: the actions of the others, without its own. */
  readonly handlerTimeoutMs: number;
}

export const DEFAULT_AGENT_LIMITS: AgentLimits = Object.freeze({
  maxConnections: 4096,
  maxFrameBytes: 4 * 1024 * 1024,
  helloBytes: FIRST_FRAME_MAX_BYTES,
  maxInFlightPerConnection: 1024,
  maxReassembledBytes: DEFAULT_MAX_REASSEMBLED_BYTES,
  idleTimeoutMs: 0,
  handshakeTimeoutMs: 10_000,
  refuseDelayMs: 1000,
  ackBurstBytes: 16_384,
  ackIntervalMs: 100,
  maxQueuedWriteBytes: 1024 * 1024,
  handlerTimeoutMs: 10_000,
});

/** Smallest value of a limit where that is not 1. */
const LEAST: Partial<Record<keyof AgentLimits, number>> = {
  maxFrameBytes: MIN_MAX_FRAME_SIZE,
  helloBytes: MIN_MAX_FRAME_SIZE,
  idleTimeoutMs: 0,
  refuseDelayMs: 0,
  maxQueuedWriteBytes: 32_768,
};

/** Timers take no more. */
const MOST = 0x7fff_ffff;

/** Fills in the defaults. Throws SPOP_AGENT_ERR_OPTION for unknown names and for values that are no integer in range. */
export function resolveLimits(limits: Partial<AgentLimits> = {}): AgentLimits {
  const resolved: Record<string, number> = { ...DEFAULT_AGENT_LIMITS };
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_AGENT_LIMITS, name)) throw new SpopAgentError('SPOP_AGENT_ERR_OPTION', unknown(name));
    if (value === undefined) continue;
    const least = LEAST[name as keyof AgentLimits] ?? 1;
    if (!(Number.isInteger(value) && value >= least && value <= MOST)) {
      const message = `Cannot accept limit ${name} = ${String(value)}: an integer from ${least} to ${MOST} is needed`;
      throw new SpopAgentError('SPOP_AGENT_ERR_OPTION', message);
    }
    resolved[name] = value;
  }
  return resolved as unknown as AgentLimits;
}

function unknown(name: string): string {
  return `Cannot accept limit "${name}": the limits are ${Object.keys(DEFAULT_AGENT_LIMITS).join(', ')}`;
}
