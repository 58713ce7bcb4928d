import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '@offload/lapps-server';
import { z } from 'zod';
import { aclFault } from '../acl-fault.js';
import { ENGINE_NAMES } from '../engines.js';
import { parseSocketAddress } from '../listen-address.js';
import { DEFAULT_WS_LISTEN } from './default-listen.js';
import type { PathKeys } from './path-keys.js';
import { unixModeSchema } from './unix-mode.js';

const listenAddress = z.string().superRefine((text, ctx) => {
  const parsed = parseSocketAddress(text);
  if (typeof parsed === 'string') ctx.addIssue({ code: 'custom', message: parsed });
});

const aclEntry = z
  .string()
  .min(1)
  .superRefine((text, ctx) => {
    const fault = aclFault(text);
    if (fault !== undefined) ctx.addIssue({ code: 'custom', message: fault });
  });

const MOST = 0x7fff_ffff;

function limit(name: keyof ServerLimits, least: number, meaning: string): z.ZodDefault<z.ZodInt> {
  return z.int().min(least).max(MOST).default(DEFAULT_SERVER_LIMITS[name]).describe(meaning);
}

/** A limit that a ws.json can say, too: not said here is not the same as the default said here. */
function sharedLimit(name: keyof ServerLimits, meaning: string): z.ZodOptional<z.ZodInt> {
  const described = `${meaning} Default: that of a ws.json, else ${DEFAULT_SERVER_LIMITS[name]}.`;
  return z.int().min(1).max(MOST).optional().describe(described);
}

/** The limits of the WebSocket server, by its own names. */
const wsLimitsSchema = z.strictObject({
  maxConnections: sharedLimit('maxConnections', 'Connections at one time; further ones are answered 503.'),
  maxConnectionsPerAddress: limit('maxConnectionsPerAddress', 1, 'Connections from one address; further ones: 503.'),
  maxPendingHandshakes: limit('maxPendingHandshakes', 0, 'TCP connections on top that may be in their handshake.'),
  maxHeaderBytes: limit('maxHeaderBytes', 1, 'Request line and headers, in bytes.'),
  handshakeTimeoutMs: limit('handshakeTimeoutMs', 1, 'Time from TCP connection to complete request, in ms.'),
  maxMessageBytes: sharedLimit('maxMessageBytes', 'Largest message from a client, in bytes; more is answered 1009.'),
  maxFragments: limit('maxFragments', 1, 'Fragments of one message.'),
  maxBufferedChunks: limit('maxBufferedChunks', 1, 'TCP chunks one unfinished message may lie in.'),
  maxBufferedBytes: limit('maxBufferedBytes', 1, 'Unsent bytes beyond which a client counts as too slow and is ended.'),
  pingIntervalMs: limit('pingIntervalMs', 0, 'Silence after which a client is pinged, in ms; 0: never.'),
  pongTimeoutMs: limit('pongTimeoutMs', 1, 'Silence after a ping after which a client counts as lost, in ms.'),
  stallTimeoutMs: limit(
    'stallTimeoutMs',
    0,
    'End a client that takes nothing of what waits for it for this long, in ms; 0: never.',
  ),
  idleTimeoutMs: limit('idleTimeoutMs', 0, 'Close a connection without messages after this, in ms; 0: never.'),
  closeTimeoutMs: limit('closeTimeoutMs', 1, 'Time for a client to answer a close, in ms.'),
} satisfies Record<keyof ServerLimits, z.ZodType>);

const acl = z
  .strictObject({
    policy: z.enum(['allow', 'deny']).describe('`allow`: everyone except the list; `deny`: nobody except the list.'),
    exclude: z.array(aclEntry).default([]).describe('Addresses and CIDRs, IPv4 or IPv6.'),
  })
  .describe('Who may connect.');

const tls = z.strictObject({
  cert: z.string().min(1).describe('PEM file of the certificate, its chain included.'),
  key: z.string().min(1).describe('PEM file of the key.'),
  ca: z.string().min(1).optional().describe('PEM file of the authorities client certificates are checked against.'),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Oldest version spoken.'),
  maxVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3').describe('Newest version spoken.'),
});

const names = z.array(z.string().min(1));

/** One service, as `lapps.json` could say it too. */
const serviceSchema = z
  .strictObject({
    file: z.string().min(1).describe('The script.'),
    engine: z.enum(ENGINE_NAMES).optional().describe("Engine for this service; default: its language's."),
    standalone: z.boolean().default(false).describe('`init` and `run` on a thread of its own, no connections.'),
    protocol: z.enum(['raw', 'LAppS']).optional().describe('Needed unless standalone.'),
    requestTarget: z
      .string()
      .startsWith('/')
      .optional()
      .describe('Path clients ask for, byte for byte. Needed unless standalone.'),
    instances: z
      .int()
      .min(1)
      .max(1024)
      .default(1)
      .describe('Interpreter states, each with its share of the connections.'),
    autoStart: z.boolean().default(true).describe('False: only started when another service depends on it.'),
    depends: names.default([]).describe('Services started before.'),
    maxMessageBytes: z
      .int()
      .min(1)
      .max(MOST)
      .optional()
      .describe("Largest message from a client; default: the server's."),
    acl: acl.optional().describe('Who may connect to this service.'),
    extraHeaders: z.record(z.string(), z.string()).optional().describe('Further headers of the 101 response.'),
    protoAlias: z.string().min(1).optional().describe('One more subprotocol name the service answers to.'),
    originAllowList: names.optional().describe("Origins browsers may come from; default: the server's."),
    perMessageDeflate: z.boolean().optional().describe('Compression (RFC 7692).'),
  })
  .superRefine((service, ctx) => {
    if (service.standalone) return;
    for (const key of ['protocol', 'requestTarget'] as const) {
      if (service[key] === undefined)
        ctx.addIssue({ code: 'custom', message: 'Needed unless standalone', path: [key] });
    }
  });

/** Section `ws`: WebSocket services. */
export const wsSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Serve WebSockets.'),
  listen: z
    .array(listenAddress)
    .min(1)
    .optional()
    .describe(
      `Addresses to listen on: HOST:PORT, [IPV6]:PORT or unix:PATH. Default: that of a ws.json, else ${DEFAULT_WS_LISTEN}.`,
    ),
  unixMode: unixModeSchema
    .optional()
    .describe('Permissions of unix sockets, as chmod takes them: "0660". Default: as the umask says.'),
  direct: z
    .union([z.boolean(), z.literal('auto')], { error: 'Expected true, false or "auto"' })
    .default('auto')
    .describe(
      'The one worker reads the TCP connections itself: faster, but a script that hangs costs them. See below.',
    ),
  tls: tls.optional().describe('Serve TLS. A ws.json with `tls: true` names its own files.'),
  acl: acl.optional().describe('Who may connect: { policy, exclude }. Default: as a ws.json says, else everyone.'),
  originAllowList: names.optional().describe('Origins browsers may connect from; default: any.'),
  perMessageDeflate: z.boolean().default(false).describe('Compression (RFC 7692) for services that say nothing.'),
  lappsHome: z
    .string()
    .min(1)
    .optional()
    .describe('LAPPS_HOME: services are found in its `apps`. Default: $LAPPS_HOME.'),
  wsConfig: z.string().min(1).optional().describe('A ws.json of LAppS, either generation.'),
  lappsConfig: z.string().min(1).optional().describe('A lapps.json of LAppS, either generation.'),
  static: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of static files served over HTTP on the same addresses. Default: none.'),
  services: z
    .record(z.string(), serviceSchema)
    .default({})
    .describe('Services by name, on top of those of lapps.json.'),
  limits: wsLimitsSchema.prefault({}).describe('Bounds on what peers may cost.'),
});

export type WsConfig = z.output<typeof wsSchema>;

export const wsPaths: PathKeys = {
  'ws.listen': (text, under) => (text.startsWith('unix:') ? `unix:${under(text.slice('unix:'.length))}` : text),
  'ws.tls.cert': (text, under) => under(text),
  'ws.tls.key': (text, under) => under(text),
  'ws.tls.ca': (text, under) => under(text),
  'ws.lappsHome': (text, under) => under(text),
  'ws.wsConfig': (text, under) => under(text),
  'ws.lappsConfig': (text, under) => under(text),
  'ws.services.*.file': (text, under) => under(text),
  'ws.static': (text, under) => under(text),
};
