import { type AgentLimits, DEFAULT_AGENT_LIMITS } from '@offload/spop-agent';
import { CAPABILITIES } from '@offload/spop-codec';
import { z } from 'zod';
import { parseSocketAddress } from '../listen-address.js';
import type { PathKeys } from './path-keys.js';
import { unixModeSchema } from './unix-mode.js';

const listenAddress = z.string().superRefine((text, ctx) => {
  const parsed = parseSocketAddress(text);
  if (typeof parsed === 'string') ctx.addIssue({ code: 'custom', message: parsed });
});

/** Timers take no more. */
const MOST = 0x7fff_ffff;

function limit(name: keyof AgentLimits, least: number, meaning: string): z.ZodDefault<z.ZodInt> {
  return z.int().min(least).max(MOST).default(DEFAULT_AGENT_LIMITS[name]).describe(meaning);
}

/** The limits of the agent, by the agent's own names; a script's time is `scriptTimeoutMs`. */
const spopLimitsSchema = z.strictObject({
  maxConnections: limit('maxConnections', 1, 'Connections served at once, over all addresses.'),
  maxFrameBytes: limit('maxFrameBytes', 256, 'Largest max-frame-size accepted from HAProxy, in bytes.'),
  helloBytes: limit('helloBytes', 256, 'Largest first frame of a connection, in bytes.'),
  maxInFlightPerConnection: limit(
    'maxInFlightPerConnection',
    1,
    'NOTIFY frames of one connection that wait for their ACK; at that number the connection is not read.',
  ),
  maxReassembledBytes: limit('maxReassembledBytes', 1, 'Largest message put together from fragments, in bytes.'),
  handshakeTimeoutMs: limit('handshakeTimeoutMs', 1, 'Time a new connection has to say HELLO, in ms.'),
  idleTimeoutMs: limit('idleTimeoutMs', 0, 'Close a connection with nothing in flight after this, in ms; 0: never.'),
  refuseDelayMs: limit('refuseDelayMs', 0, 'How long a refused connection is held before it is closed, in ms.'),
  ackBurstBytes: limit(
    'ackBurstBytes',
    1,
    'Bytes of answers that may be unread in HAProxy, where more than its buffer could be.',
  ),
  ackIntervalMs: limit('ackIntervalMs', 1, 'When an answer counts as read that nothing proves read, in ms.'),
  maxQueuedWriteBytes: limit(
    'maxQueuedWriteBytes',
    1,
    'Unsent bytes of one connection above which it is not read, in bytes.',
  ),
} satisfies Record<Exclude<keyof AgentLimits, 'handlerTimeoutMs'>, z.ZodType>);

/** Section `spop`: the SPOE agent. */
export const spopSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Serve the SPOE agent.'),
  listen: z
    .array(listenAddress)
    .min(1)
    .default(['127.0.0.1:12345'])
    .describe('Addresses to listen on: HOST:PORT, [IPV6]:PORT or unix:PATH. Port 0 takes a free port.'),
  unixMode: unixModeSchema
    .optional()
    .describe('Permissions of unix sockets, as chmod takes them: "0660". Default: as the umask says.'),
  capabilities: z
    .array(z.enum(CAPABILITIES))
    .default(['pipelining', 'fragmentation'])
    .describe('Capabilities announced to HAProxy. `async` buys nothing and is better left out.'),
  direct: z
    .union([z.boolean(), z.literal('auto')], { error: 'Expected true, false or "auto"' })
    .default('auto')
    .describe('Each worker reads its own TCP connections: faster, but a script that hangs costs them. See below.'),
  drainMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(0)
    .describe('At a graceful stop go on listening, but fail health checks, for so long, in ms.'),
  limits: spopLimitsSchema.prefault({}).describe('Bounds on what peers may cost.'),
});

export type SpopConfig = z.output<typeof spopSchema>;

export const spopPaths: PathKeys = {
  'spop.listen': (text, under) => (text.startsWith('unix:') ? `unix:${under(text.slice('unix:'.length))}` : text),
};
