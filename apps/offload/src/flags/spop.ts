import type { SpopConfig } from '../config/spop.js';
import type { FlagsFor } from './flag.js';

export const spopFlags: FlagsFor<SpopConfig, 'spop.'> = {
  'spop.enabled': { name: 'spop', kind: 'boolean', describe: 'Serve the SPOE agent', default: 'true' },
  'spop.listen': {
    name: 'spop-listen',
    kind: 'list',
    value: 'ADDRESS',
    describe: 'Listen on HOST:PORT, [IPV6]:PORT or unix:PATH; repeatable. Local only unless you say otherwise',
    default: '127.0.0.1:12345',
  },
  'spop.unixMode': {
    name: 'spop-unix-mode',
    kind: 'text',
    value: 'MODE',
    describe: 'Permissions of unix sockets, as chmod takes them: 0660; else as the umask says',
  },
  'spop.capabilities': {
    name: 'spop-capabilities',
    kind: 'list',
    words: true,
    value: 'WORDS',
    describe: 'Capabilities announced to HAProxy, separated by commas',
    default: 'pipelining,fragmentation',
  },
  'spop.direct': {
    name: 'spop-direct',
    kind: 'boolean',
    describe: 'Each worker reads its own connections: faster, but a script that hangs costs more than its message',
    default: 'auto',
  },
  // Settings of an installation, not of a run.
  'spop.drainMs': null,
  'spop.limits.maxConnections': null,
  'spop.limits.maxFrameBytes': null,
  'spop.limits.helloBytes': null,
  'spop.limits.maxInFlightPerConnection': null,
  'spop.limits.maxReassembledBytes': null,
  'spop.limits.handshakeTimeoutMs': null,
  'spop.limits.idleTimeoutMs': null,
  'spop.limits.refuseDelayMs': null,
  'spop.limits.ackBurstBytes': null,
  'spop.limits.ackIntervalMs': null,
  'spop.limits.maxQueuedWriteBytes': null,
};
