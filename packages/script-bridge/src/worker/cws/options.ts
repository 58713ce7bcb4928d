/** What the program decides about connections scripts open (`cws`). Plain data. */
export interface CwsOptions {
  /** PEM certificates trusted besides none: replaces the system's list. Default: Node's own. */
  readonly ca?: string;
  /** False: certificates are not checked. Default true. */
  readonly rejectUnauthorized?: boolean;
  /** Default TLSv1.2. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Connections one interpreter state may have open. Default 10 000. */
  readonly maxConnections?: number;
  /** Longest message received, bytes. Default 16 MiB. */
  readonly maxMessageBytes?: number;
  /** From `cws:new` to the end of the handshake, ms. Default 10 000. */
  readonly handshakeTimeoutMs?: number;
}
