import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Program } from '../../../test/support/program.js';
import { openFilesWarning } from '../src/open-files.js';
import { openFilesFault } from '../src/open-files-fault.js';
import { wsUrl } from './support/process.js';
import { openWs } from './support/ws-client.js';

const bin = fileURLToPath(new URL('../bin/offload.js', import.meta.url));
const serve = ['serve', '--spop', '--spop-listen', '127.0.0.1:0', '--ws', '--ws-listen', '127.0.0.1:0'];

/** The command line of a shell that runs the program with so few files. */
const limited = (files: number, workers = '1'): string[] => [
  '-c',
  `ulimit -n ${files}; exec "$0" "$@"`,
  process.execPath,
  bin,
  ...serve,
  '-n',
  workers,
];

describe('openFilesWarning()', () => {
  test('openFilesWarning() warns of a limit below what is needed, and of nothing else', () => {
    expect(openFilesWarning(15_196, 1024)).toMatch(/^Only 1024 files may be open, .* need 15196: /);
    expect(openFilesWarning(1024, 1024)).toBeUndefined();
    expect(openFilesWarning(1024, undefined)).toBeUndefined();
  });
});

describe('openFilesFault()', () => {
  test('openFilesFault() knows the faults of the system, and no others', () => {
    expect(openFilesFault(Object.assign(new Error('x'), { code: 'EMFILE' }))).toMatch(/^Too many open files/);
    expect(openFilesFault(Object.assign(new Error('x'), { code: 'ENFILE' }))).toMatch(/whole system/);
    for (const other of [new Error('x'), undefined, null, 'EMFILE']) expect(openFilesFault(other)).toBeUndefined();
  });
});

describe.runIf(process.platform === 'linux')('offload serve with few files', () => {
  test('serve ends with one clear line where there are too few to start with', async () => {
    // Versions of Node differ in how many files they load modules with; sixteen threads are too many for each.
    const program = new Program('sh', limited(50, '16'));
    onTestFinished(async () => void (await program.stop()));
    expect(await program.ended).toEqual({ code: 1, signal: null });
    const said = program.lines.join('\n');
    expect(said).toMatch(/^offload: /m);
    expect(said).toMatch(/too many open files|EMFILE/i);
    expect(said).not.toMatch(/^ +at /m);
  });

  test('serve warns at start, survives more connections than files, and serves again when they are gone', async () => {
    const program = new Program('sh', limited(220));
    onTestFinished(async () => void (await program.stop()));
    const url = await wsUrl(program);
    expect(program.lines.join('\n')).toContain('Only 220 files may be open');
    const { port } = new URL(url);
    const sockets: Socket[] = [];
    const closed = Array.from({ length: 300 }, () => {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
      sockets.push(socket);
      return new Promise((resolve) => socket.once('close', resolve));
    });
    // Those for which there is no file are closed at once.
    await Promise.race(closed);
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
    await expect
      .poll(
        async () => {
          const client = await openWs(`${url}/echo`).catch(() => undefined);
          client?.socket.send('hello');
          return client?.next();
        },
        { timeout: 20_000 },
      )
      .toBe('hello');
    expect(program.lines.join('\n')).not.toMatch(/^ +at /m);
  });
});
