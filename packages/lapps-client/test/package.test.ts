import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LAPPS_CLIENT_ERROR_CODES } from '../src/index.js';
import { startServer, usual } from './server.js';

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);

describe('README', () => {
  it('README lists exactly the error codes', () => {
    const readme = readFileSync(at('README.md'), 'utf8');
    const listed = [...readme.matchAll(/^\| `(LAPPS_CLIENT_ERR_[A-Z_]+)` /gm)].map((match) => match[1]);
    expect(listed.toSorted()).toEqual([...LAPPS_CLIENT_ERROR_CODES].toSorted());
  });
});

describe('dist/browser.js', () => {
  let source = '';

  beforeAll(() => {
    execFileSync(process.execPath, [fileURLToPath(at('scripts/build-browser.mjs'))]);
    source = readFileSync(at('dist/browser.js'), 'utf8');
  });

  it('browser.js imports nothing, evaluates no text and is small', () => {
    expect(source).not.toMatch(/^\s*import\b|\bimport\(|\brequire\(|new Function|\beval\(|\bprocess\./m);
    expect(source.length).toBeLessThan(100_000);
  });

  it('browser.js works over the WebSocket it finds', async () => {
    const before = (globalThis as { WebSocket?: unknown }).WebSocket;
    (globalThis as { WebSocket?: unknown }).WebSocket = WebSocket;
    try {
      const browser = (await import(at('dist/browser.js').href)) as typeof import('../src/web.js');
      const server = await startServer(usual);
      const client = await browser.connect(server.url);
      expect(await client.request('echo', [{ a: [1, 2.5, 'drei'] }])).toEqual([{ a: [1, 2.5, 'drei'] }]);
      await expect(client.request('fail')).rejects.toBeInstanceOf(browser.LappsClientError);
      await client.close();
    } finally {
      (globalThis as { WebSocket?: unknown }).WebSocket = before;
    }
  });

  it.each(['web', 'client', 'connect', 'errors', 'options', 'pending', 'raw-client', 'session', 'socket'])(
    'src/%s.ts uses nothing of Node',
    (name) => {
      const code = readFileSync(at(`src/${name}.ts`), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect(code).not.toMatch(/node:|\bBuffer\b|\bprocess\b|from 'ws'|import\(/);
    },
  );
});
