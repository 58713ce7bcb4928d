import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type TlsOptions as NodeTlsOptions, type SecureContextOptions } from 'node:tls';
import { LappsServerError } from './errors.js';

/** TLS of the listener: PEM text or bytes, never paths. Everything else Node's TLS takes may be given too. */
export interface TlsOptions extends SecureContextOptions {
  readonly cert: string | Buffer | (string | Buffer)[];
  readonly key: string | Buffer | (string | Buffer)[];
  /** Default `TLSv1.2`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Default `TLSv1.3`. */
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Ask clients for certificates. */
  readonly requestCert?: boolean;
  /** Refuse clients whose certificate does not verify; needs `requestCert` and `ca`. */
  readonly rejectUnauthorized?: boolean;
}

const VERSIONS: readonly (string | undefined)[] = [undefined, 'TLSv1.2', 'TLSv1.3'];

/**
 * @throws LappsServerError `LAPPS_SERVER_ERR_BAD_TLS` for missing, unreadable or mismatched keys and certificates and for
 *   versions other than 1.2 and 1.3, now and not at the first connection
 */
export const resolveTls = (options: TlsOptions, handshakeTimeoutMs: number): NodeTlsOptions => {
  const fail = (what: string, cause?: unknown): never => {
    throw new LappsServerError('LAPPS_SERVER_ERR_BAD_TLS', `Cannot use TLS options: ${what}`, { cause });
  };
  if (!options.cert || !options.key) fail('cert and key are both needed');
  if (!VERSIONS.includes(options.minVersion) || !VERSIONS.includes(options.maxVersion)) {
    fail('versions are TLSv1.2 and TLSv1.3');
  }
  if (options.minVersion === 'TLSv1.3' && options.maxVersion === 'TLSv1.2') fail('minVersion is above maxVersion');
  const resolved = {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ...options,
    handshakeTimeout: handshakeTimeoutMs,
  } as const;
  let matches = false;
  try {
    createSecureContext(resolved);
    matches = haveKeys(options);
  } catch (cause) {
    fail((cause as Error).message, cause);
  }
  if (!matches) fail('the key is not that of the certificate');
  return resolved;
};

/** OpenSSL compares a key with a certificate only when both are of one kind: RSA beside EC would fail each handshake. */
function haveKeys({ cert, key, passphrase }: TlsOptions): boolean {
  const keys = [key].flat().map((pem) => createPrivateKey({ key: pem, passphrase }));
  return [cert].flat().every((pem) => {
    const certificate = new X509Certificate(pem);
    return keys.some((each) => certificate.checkPrivateKey(each));
  });
}
