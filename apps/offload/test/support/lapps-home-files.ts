import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** The LAPPS_HOME of the test that runs; each has one of its own once {@link useLappsHome} was called. */
export let home: string;

export function useLappsHome(): void {
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'offload-lapps-'));
    mkdirSync(join(home, 'etc', 'conf'), { recursive: true });
  });
  afterEach(() => rmSync(home, { recursive: true }));
}

export function write(name: string, content: unknown): string {
  const path = join(home, 'etc', 'conf', name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
}

export function app(name: string, extension = 'lua'): string {
  const folder = join(home, 'apps', name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.${extension}`);
  writeFileSync(file, '');
  return file;
}

/** The latest generation's file, with every key it had. */
export const HEAD_WS = {
  listeners: 2,
  connection_weight: 1.0,
  ip: '0.0.0.0',
  port: 5083,
  lapps_config_auto_save: true,
  workers: { workers: 4, max_connections: 10000, auto_fragment: false, max_poll_events: 300 },
  acl: { policy: 'allow', exclude: [] },
  tls: false,
  tls_server_version: 4,
  tls_client_version: 3,
  tls_certificates: { ca: 'ca.pem', cert: 'c.pem', key: 'k.pem' },
};

export const ECHO = {
  auto_start: true,
  instances: 2,
  protocol: 'raw',
  request_target: '/echo',
  max_inbound_message_size: 512,
};
export const FREE = { protocol: 'raw', request_target: '/free' };
