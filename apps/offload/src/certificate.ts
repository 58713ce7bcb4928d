import { existsSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { OffloadError } from './errors.js';
import { makeFolder } from './make-folder.js';

export interface CertificateRequest {
  readonly folder: string;
  /** Host names and addresses the certificate is good for; the first is its subject. */
  readonly hosts: readonly string[];
  readonly days: number;
  readonly overwrite: boolean;
}

/**
 * Writes `cert.pem` and `key.pem` (the latter readable by its owner only).
 * @throws OffloadError OFFLOAD_ERR_CONFIG when a file is there already or cannot be written
 */
export async function makeCertificate(request: CertificateRequest): Promise<{ cert: string; key: string }> {
  const files = { cert: join(request.folder, 'cert.pem'), key: join(request.folder, 'key.pem') };
  for (const path of Object.values(files)) {
    if (!request.overwrite && existsSync(path)) {
      throw new OffloadError('OFFLOAD_ERR_CONFIG', `${path} is there already; --force overwrites it`);
    }
  }
  const { generate } = await import('selfsigned');
  const now = new Date();
  const pems = await generate([{ name: 'commonName', value: request.hosts[0] }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: now,
    notAfterDate: new Date(now.getTime() + request.days * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: request.hosts.map((host) => (isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host })),
      },
    ],
  });
  try {
    makeFolder(request.folder);
    writeFileSync(files.key, pems.private, { mode: 0o600 });
    writeFileSync(files.cert, pems.cert);
  } catch (error) {
    throw new OffloadError('OFFLOAD_ERR_CONFIG', `Cannot write the certificate: ${(error as Error).message}`);
  }
  return files;
}
