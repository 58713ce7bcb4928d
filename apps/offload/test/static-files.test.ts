import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { contentType } from '../src/content-type.js';
import { createStaticFiles } from '../src/static-files.js';
import { temporaryFolder } from './support/temporary-folder.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Ask = (path: string, options?: { method?: string; headers?: Record<string, string> }) => Promise<Answer>;

const FILES = {
  'www/index.html': '<p>home</p>',
  'www/page.js': 'export {};',
  'www/two words.txt': 'hällo',
  'www/empty.css': '',
  'www/sub/index.html': '<p>sub</p>',
  'www/bare/x.bin': '\0\x01',
  'www/.secret': 'no',
  'www/.git/config': 'no',
  'secret.txt': 'outside',
};

/** A folder `www` with files beside it, served; resolves to what asks for them. */
async function serve(): Promise<{ ask: Ask; folder: string; errors: unknown[] }> {
  const folder = temporaryFolder(FILES);
  const errors: unknown[] = [];
  const server = createServer(createStaticFiles(join(folder, 'www'), (error) => errors.push(error)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const ask: Ask = (path, options = {}) =>
    new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port, path, agent: false, ...options });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          });
        });
      });
      outgoing.end();
    });
  return { ask, folder, errors };
}

describe('createStaticFiles()', () => {
  test('createStaticFiles() serves files with type, length and tag', async () => {
    const { ask } = await serve();
    expect(await ask('/page.js')).toEqual({
      status: 200,
      headers: expect.objectContaining({
        'content-type': 'text/javascript; charset=utf-8',
        'content-length': '10',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
        etag: expect.stringMatching(/^W\/"[0-9a-z]+-[0-9a-z]+"$/),
      }),
      body: 'export {};',
    });
    expect((await ask('/two%20words.txt?query=1')).body).toBe('hällo');
    expect(await ask('/empty.css')).toMatchObject({ status: 200, body: '' });
    expect((await ask('/bare/x.bin')).headers['content-type']).toBe('application/octet-stream');
  });

  test('createStaticFiles() serves index.html for a folder, and leads to its slash', async () => {
    const { ask } = await serve();
    expect((await ask('/')).body).toBe('<p>home</p>');
    expect((await ask('/sub/')).body).toBe('<p>sub</p>');
    expect(await ask('/sub?a=1')).toMatchObject({ status: 301, headers: { location: './sub/?a=1' } });
    expect((await ask('/bare/')).status).toBe(404);
  });

  test('createStaticFiles() answers HEAD like GET without the body, other methods with 405', async () => {
    const { ask } = await serve();
    expect(await ask('/page.js', { method: 'HEAD' })).toMatchObject({
      status: 200,
      headers: { 'content-length': '10' },
      body: '',
    });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await ask('/page.js', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    }
  });

  test('createStaticFiles() answers 304 to who has the file, until it changes', async () => {
    const { ask, folder } = await serve();
    const etag = (await ask('/page.js')).headers.etag as string;
    for (const tag of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      expect(await ask('/page.js', { headers: { 'if-none-match': tag } })).toMatchObject({
        status: 304,
        headers: { etag },
        body: '',
      });
    }
    utimesSync(join(folder, 'www/page.js'), 1, 1);
    expect((await ask('/page.js', { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  test.each([
    '/nope',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/sub/../../secret.txt',
    '/sub/..\\..\\secret.txt',
    '/%5c..%5csecret.txt',
    '/.secret',
    '/.git/config',
    '/%2egit/config',
    '//etc/passwd',
    '/sub//index.html',
    '/./page.js',
    '/page.js/',
    '/page.js%00.html',
    '/%',
    '/%ff',
    `/${'x'.repeat(5000)}`,
    '*',
    'http://127.0.0.1/page.js',
  ])('createStaticFiles() answers %s with 404', async (path) => {
    const { ask, errors } = await serve();
    expect(await ask(path, path === '*' ? { method: 'GET' } : {})).toMatchObject({ status: 404, body: '' });
    expect(errors).toEqual([]);
  });

  test('createStaticFiles() follows links that stay in the folder, and no others', async () => {
    const { ask, folder } = await serve();
    const www = join(folder, 'www');
    symlinkSync('page.js', join(www, 'good.js'));
    symlinkSync('../secret.txt', join(www, 'file.txt'));
    symlinkSync('..', join(www, 'up'));
    symlinkSync('.secret', join(www, 'plain.txt'));
    symlinkSync('loop', join(www, 'loop'));
    expect((await ask('/good.js')).body).toBe('export {};');
    for (const path of ['/file.txt', '/up/secret.txt', '/up/www/page.js', '/plain.txt', '/loop']) {
      // /up/www/page.js comes back into the folder: its real path counts.
      expect((await ask(path)).status, path).toBe(path === '/up/www/page.js' ? 200 : 404);
    }
  });

  test('createStaticFiles() serves no pipes, and does not wait for them', async () => {
    const { ask, folder } = await serve();
    execFileSync('mkfifo', [join(folder, 'www/pipe')]);
    expect((await ask('/pipe')).status).toBe(404);
  });

  test('createStaticFiles() serves a large file whole', async () => {
    const { ask, folder } = await serve();
    const text = 'x'.repeat(3_000_000);
    mkdirSync(join(folder, 'www/large'));
    writeFileSync(join(folder, 'www/large/file.txt'), text);
    expect((await ask('/large/file.txt')).body === text).toBe(true);
  });

  test('createStaticFiles() never leaves its folder, whatever the path', async () => {
    const { ask, errors } = await serve();
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      '%2e',
      '%2e%2e',
      '%2f',
      '%5c',
      'sub',
      'secret.txt',
      '.secret',
      '%c0%ae',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
        const { body } = await ask(`/${parts.join('/')}`);
        expect(['', '<p>home</p>', '<p>sub</p>']).toContain(body);
      }),
      { numRuns: 200 },
    );
    expect(errors).toEqual([]);
  });
});

describe('contentType()', () => {
  test('contentType() knows extensions in any case, and no names of JavaScript', () => {
    expect(contentType('.HTML')).toBe('text/html; charset=utf-8');
    expect(contentType('.constructor')).toBe('application/octet-stream');
    expect(contentType('')).toBe('application/octet-stream');
  });
});
