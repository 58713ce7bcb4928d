import { LappsClient } from './client.js';
import type { ClientOptions, SessionOptions } from './options.js';
import { RawClient } from './raw-client.js';
import type { SocketFactory } from './socket.js';

/** The two ways in, over one kind of socket. */
export interface Connectors {
  /**
   * Connects to a LAppS service (`ws://` or `wss://`), once; a connection lost later is made again.
   * @throws LappsClientError `LAPPS_CLIENT_ERR_CONNECT`, `.._TIMEOUT`, `.._ABORTED`, `.._BAD_OPTION`
   */
  connect(url: string, options?: ClientOptions): Promise<LappsClient>;
  /** Connects to a raw service; as `connect`. */
  connectRaw(url: string, options?: SessionOptions): Promise<RawClient>;
}

export const makeConnectors = (factory: SocketFactory): Connectors => ({
  connect: async (url, options = {}) => {
    const client = new LappsClient(url, options, factory);
    await client.open();
    return client;
  },
  connectRaw: async (url, options = {}) => {
    const client = new RawClient(url, options, factory);
    await client.open();
    return client;
  },
});
