import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const bin = fileURLToPath(new URL('../bin/offload.js', import.meta.url));
const FULL = '/dev/full';

/** Starts the program with standard output or error going where the test says. */
function start(args: readonly string[], stdout: 'pipe' | number, stderr: 'pipe' | number): ChildProcess {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', stdout, stderr] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

/** Resolves once the text so far matches. */
async function until(stream: NodeJS.ReadableStream | null, pattern: RegExp): Promise<void> {
  let text = '';
  while (!pattern.test(text)) {
    const [chunk] = (await once(stream as NodeJS.ReadableStream, 'data')) as [Buffer];
    text += String(chunk);
  }
}

function full(): number {
  const fd = openSync(FULL, 'w');
  onTestFinished(() => closeSync(fd));
  return fd;
}

const serve = ['serve', '--spop', '-n', '1', '--spop-listen', '127.0.0.1:0'];

describe('standard output and error', () => {
  test.each([[['config-schema']], [['serve', '--help']]])(
    '%j ends in silence when its reader has gone',
    async (args) => {
      const child = start(args, 'pipe', 'pipe');
      child.stdout?.destroy();
      const ended = once(child, 'exit');
      expect(await textOf(child.stderr)).toBe('');
      expect(await ended).toEqual([0, null]);
    },
  );

  test('a working folder that is gone is named as such', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offload-gone-'));
    const child = spawn('sh', [
      '-c',
      `cd '${folder}' && rmdir '${folder}' && exec '${process.execPath}' '${bin}' check`,
    ]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    expect(await textOf(child.stderr)).toBe(
      'offload: Cannot tell the working folder, which is gone or may not be read: start in another\n',
    );
    expect(await ended).toEqual([1, null]);
  });

  test('serve goes on when the reader of its first page has gone', async () => {
    const child = start(serve, 'pipe', 'pipe');
    child.stdout?.destroy();
    const ended = once(child, 'exit');
    await until(child.stderr, /"msg":"ready"/);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test.skipIf(!existsSync(FULL))('results that cannot be written are a fault', async () => {
    const child = start(['config-schema'], full(), 'pipe');
    const ended = once(child, 'exit');
    expect(await textOf(child.stderr)).toMatch(/^offload: Cannot write to standard output: ENOSPC/);
    expect(await ended).toEqual([1, null]);
  });

  test.skipIf(!existsSync(FULL))('serve that cannot write its first page says so and is no failure', async () => {
    const child = start(serve, full(), 'pipe');
    const ended = once(child, 'exit');
    await until(child.stderr, /offload: Cannot write to standard output: ENOSPC/);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test.skipIf(!existsSync(FULL)).each(['json', 'pretty'])(
    'serve goes on when its log (%s) cannot be written',
    async (format) => {
      const child = start([...serve, '--log-format', format], 'pipe', full());
      const ended = once(child, 'exit');
      await until(child.stdout, /Try it from another terminal/);
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    },
  );
});
