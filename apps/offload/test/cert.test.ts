import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../src/certificate.js';
import { offload } from './support/run-cli.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offload-cert-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('makeCertificate()', () => {
  it('makes a pair that fits, for the hosts asked for', async () => {
    const request = {
      folder: join(folder, 'new'),
      hosts: ['dev.example.org', '127.0.0.1', '::1'],
      days: 5,
      overwrite: false,
    };
    const files = await makeCertificate(request);
    const pem = readFileSync(files.cert);
    const key = readFileSync(files.key);
    createSecureContext({ cert: pem, key });
    const certificate = new X509Certificate(pem);
    expect(certificate.checkHost('dev.example.org')).toBe('dev.example.org');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(statSync(files.key).mode & 0o777).toBe(0o600);
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
    expect(Math.round(days)).toBe(5);
  });

  it('overwrites only when told to', async () => {
    const request = { folder, hosts: ['localhost'], days: 1, overwrite: false };
    await makeCertificate(request);
    await expect(makeCertificate(request)).rejects.toThrow('--force');
    await makeCertificate({ ...request, overwrite: true });
  });
});

describe('offload cert', () => {
  it.each(['a b', '', 'http://example.org', '*', 'a..b', '-a.example', '1.2.3.4/24', `${'a'.repeat(64)}.example`])(
    'refuses %j as a host and makes no files',
    async (host) => {
      const out = join(folder, 'none');
      const { code, stderr } = await offload(['cert', '--out', out, '--host', 'localhost', `--host=${host}`]);
      expect({ code, exists: existsSync(out) }).toEqual({ code: 2, exists: false });
      expect(stderr).toContain('--host');
    },
  );

  // A process of its own, with a time limit: what it must not do is never end.
  it.skipIf(!existsSync('/proc'))('says that a folder cannot be made', () => {
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [main, 'cert', '--out', '/proc/x/y'], { timeout: 20_000 });
    expect(status).toBe(1);
    expect(String(stderr)).toMatch(/^offload: Cannot write the certificate: ENOENT: .*\/proc\/x/);
  });

  it('makes the folders above its own', async () => {
    const out = join(folder, 'a', 'b');
    expect(await offload(['cert', '--out', out])).toMatchObject({ code: 0 });
    expect(existsSync(join(out, 'key.pem'))).toBe(true);
    const inFile = await offload(['cert', '--out', join(out, 'key.pem', 'c')]);
    expect(inFile).toMatchObject({ code: 1, stderr: expect.stringContaining('Cannot write the certificate: ENOTDIR') });
  });

  it.each(['dev_1.example.org', '*.example.org', 'localhost', '10.0.0.1', 'fe80::1', 'xn--bcher-kva.example'])(
    'makes a certificate for %s',
    async (host) => {
      const { code } = await offload(['cert', '--out', folder, '--host', host]);
      expect(code).toBe(0);
      const { subjectAltName } = new X509Certificate(readFileSync(join(folder, 'cert.pem')));
      expect(subjectAltName?.toLowerCase()).toContain(host.replace('fe80::1', 'fe80:0:0:0:0:0:0:1'));
    },
  );
});
