import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TlsOptions } from '@offload/lapps-server';
import type { WsConfig } from '../config/ws.js';
import { OffloadError } from '../errors.js';
import type { WsJson } from './ws-json.js';

/** A PEM file and the key of the configuration that names it. */
interface Named {
  readonly path: string;
  readonly key: string;
}

/**
 * TLS as the native section says, else as a ws.json does; undefined for none.
 *
 * @param wsPath the ws.json, for messages
 * @throws OffloadError `OFFLOAD_ERR_CONFIG` for files that are missing or hold something else, with their keys
 */
export function tlsOf(
  config: WsConfig,
  ws: WsJson | undefined,
  wsPath: string | undefined,
  notes: string[],
): TlsOptions | undefined {
  if (config.tls !== undefined) {
    const { minVersion, maxVersion, cert, key, ca } = config.tls;
    return {
      ...pair({ path: cert, key: 'ws.tls.cert' }, { path: key, key: 'ws.tls.key' }),
      ...(ca === undefined ? {} : { ca: certificate({ path: ca, key: 'ws.tls.ca' }) }),
      minVersion,
      maxVersion,
    };
  }
  if (ws === undefined || ws.tls === false) return undefined;
  const { cert, key } = ws.certificates ?? {};
  if (ws.tls === undefined && cert === undefined) {
    notes.push(`${wsPath}: tls: not said and no certificates named: serving without TLS`);
    return undefined;
  }
  if (cert === undefined || key === undefined) {
    throw fault(`${wsPath} says tls: true but names no tls_certificates.cert and .key`);
  }
  const only = ws.tlsServerVersion === undefined ? undefined : ws.tlsServerVersion === 3 ? 'TLSv1.2' : 'TLSv1.3';
  return {
    ...pair(
      { path: cert, key: `${wsPath}: tls_certificates.cert` },
      { path: key, key: `${wsPath}: tls_certificates.key` },
    ),
    ...(only === undefined ? {} : { minVersion: only, maxVersion: only }),
  };
}

/** Checked here, where the files have names: OpenSSL says only what it missed. */
function pair(cert: Named, key: Named): { readonly cert: Buffer; readonly key: Buffer } {
  const pems = { cert: certificate(cert), key: read(key) };
  const privateKey = attempt(() => createPrivateKey(pems.key), key, 'no private key without a passphrase');
  if (!new X509Certificate(pems.cert).checkPrivateKey(privateKey)) {
    throw fault(`${key.key}: the key in ${key.path} does not belong to the certificate in ${cert.path}`);
  }
  return pems;
}

function certificate(named: Named): Buffer {
  const pem = read(named);
  attempt(() => new X509Certificate(pem), named, 'no certificate');
  return pem;
}

function read({ path, key }: Named): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fault(`${key}: ${(error as Error).message}`);
  }
}

function attempt<T>(parse: () => T, { path, key }: Named, lack: string): T {
  try {
    return parse();
  } catch (error) {
    throw fault(`${key}: there is ${lack} in ${path} (${(error as Error).message})`);
  }
}

function fault(why: string): OffloadError {
  const message = `Cannot serve TLS: ${why}; make a development pair with: offload cert`;
  return new OffloadError('OFFLOAD_ERR_CONFIG', message);
}
