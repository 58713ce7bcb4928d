import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { createLappsServer, type LappsServer, type ServerEvent, type ServerOptions } from '../../src/index.js';
import { RawClient, type RawOptions } from './raw-client.js';

export interface Harness {
  readonly server: LappsServer;
  readonly port: number;
  readonly events: ServerEvent[];
  /** The first event of a type, past or to come. */
  readonly event: <T extends ServerEvent['type']>(type: T) => Promise<Extract<ServerEvent, { type: T }>>;
  readonly open: (target: string, options?: RawOptions) => Promise<RawClient>;
  readonly connect: (options?: RawOptions) => RawClient;
}

const clients: RawClient[] = [];
const servers: LappsServer[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(servers.splice(0).map((server) => server.stop({ graceMs: 0 })));
});

/** Starts a server on a free port; it and all its clients end with the test. */
export const start = async (options: ServerOptions): Promise<Harness> => {
  const events: ServerEvent[] = [];
  const waiting: (() => void)[] = [];
  const server = createLappsServer({
    ...options,
    // Client and server share this process: on a busy machine neither gets far in the ten seconds of the default.
    limits: { handshakeTimeoutMs: 100_000, ...options.limits },
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
      for (const resolve of waiting.splice(0)) resolve();
    },
  });
  servers.push(server);
  const { port } = (await server.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
  const event = async <T extends ServerEvent['type']>(type: T): Promise<Extract<ServerEvent, { type: T }>> => {
    for (;;) {
      const found = events.find((candidate) => candidate.type === type);
      if (found !== undefined) return found as Extract<ServerEvent, { type: T }>;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const connect = (raw?: RawOptions): RawClient => {
    const client = new RawClient(port, raw);
    clients.push(client);
    return client;
  };
  const open = async (target: string, raw?: RawOptions): Promise<RawClient> => {
    const client = await RawClient.open(port, target, raw);
    clients.push(client);
    return client;
  };
  return { server, port, events, event, open, connect };
};
