import { DEFAULT_WS_LISTEN } from '../config/default-listen.js';
import type { WsConfig } from '../config/ws.js';
import type { FlagsFor } from './flag.js';

export const wsFlags: FlagsFor<WsConfig, 'ws.'> = {
  'ws.enabled': { name: 'ws', kind: 'boolean', describe: 'Serve WebSocket services', default: 'false' },
  'ws.listen': {
    name: 'ws-listen',
    kind: 'list',
    value: 'ADDRESS',
    describe: `Listen on HOST:PORT, [IPV6]:PORT or unix:PATH; repeatable. Else as a ws.json says, or on ${DEFAULT_WS_LISTEN}`,
  },
  'ws.unixMode': {
    name: 'ws-unix-mode',
    kind: 'text',
    value: 'MODE',
    describe: 'Permissions of unix sockets, as chmod takes them: 0660; else as the umask says',
  },
  'ws.direct': {
    name: 'ws-direct',
    kind: 'boolean',
    describe:
      'The one worker reads the connections itself: faster, but a script that hangs costs more than its message',
    default: 'auto',
  },
  'ws.lappsHome': {
    name: 'lapps-home',
    kind: 'text',
    value: 'DIR',
    describe: 'Services are found in DIR/apps, as LAppS has them; $LAPPS_HOME says the same',
  },
  'ws.wsConfig': { name: 'ws-config', kind: 'text', value: 'FILE', describe: 'A ws.json of LAppS, either generation' },
  'ws.lappsConfig': {
    name: 'lapps-config',
    kind: 'text',
    value: 'FILE',
    describe: 'A lapps.json of LAppS, either generation',
  },
  'ws.static': {
    name: 'static',
    kind: 'text',
    value: 'DIR',
    describe: 'Serve the files of DIR over HTTP on the same addresses',
  },
  // Settings of an installation, not of a run.
  'ws.tls': null,
  'ws.acl': null,
  'ws.originAllowList': null,
  'ws.perMessageDeflate': null,
  'ws.services': null,
  'ws.limits.maxConnections': null,
  'ws.limits.maxConnectionsPerAddress': null,
  'ws.limits.maxPendingHandshakes': null,
  'ws.limits.maxHeaderBytes': null,
  'ws.limits.handshakeTimeoutMs': null,
  'ws.limits.maxMessageBytes': null,
  'ws.limits.maxFragments': null,
  'ws.limits.maxBufferedChunks': null,
  'ws.limits.maxBufferedBytes': null,
  'ws.limits.pingIntervalMs': null,
  'ws.limits.pongTimeoutMs': null,
  'ws.limits.stallTimeoutMs': null,
  'ws.limits.idleTimeoutMs': null,
  'ws.limits.closeTimeoutMs': null,
};
