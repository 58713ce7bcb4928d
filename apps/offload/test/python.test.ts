import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pythonCacheFolder } from '../../../test/support/python-cache.js';
import { runProgram, spopAddress, startProgram } from './support/process.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** Pyodide takes seconds where it has no snapshot yet. */
const SLOW = 120_000;
const env = { OFFLOAD_PYTHON_CACHE_FOLDER: pythonCacheFolder };
const check = (cwd: string, ...args: string[]) => runProgram('offload', ['check', ...args], { cwd, env });

const register = 'import spoa\n\n@spoa.message("one")\ndef one(args):\n    pass\n';

describe.each(['pyodide', 'cpython'])('Python scripts of the program on %s', (engine) => {
  const python = (file: string): string[] => ['-f', file, '--python-engine', engine];

  test(
    'check prints what a script registers, with its line and engine',
    async () => {
      const cwd = temporaryFolder({ 'a.py': register });
      const { code, stdout } = await check(cwd, ...python('a.py'));
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^ {2}one +\\S*a\\.py:[34] +${engine}$`, 'm'));
    },
    SLOW,
  );

  const faults: [what: string, files: Record<string, string>, reason: RegExp][] = [
    ['a syntax error', { 'bad.py': 'import spoa\nx = (1,\n' }, /bad\.py:2.*was never closed/],
    ['a syntax error of a module', { 'bad.py': 'import helper\n', 'helper.py': '\n\ndef :\n' }, /helper\.py:3/],
    ['a module that is not there', { 'bad.py': '\nimport nowhere\n' }, /bad\.py:2.*No module named 'nowhere'/],
    ['an error while loading', { 'bad.py': '\n\nraise ValueError("no luck")\n' }, /bad\.py:3.*ValueError: no luck/],
    ['an endless loop', { 'bad.py': 'while True:\n    pass\n' }, /bad\.py/],
  ];

  test.each(faults)(
    'a start stops at %s, and says where',
    async (_what, files, reason) => {
      const cwd = temporaryFolder(files);
      const { code, stdout, stderr } = await check(cwd, ...python('bad.py'), '--load-timeout', '3000');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(reason);
    },
    SLOW,
  );

  test(
    'imports come from the folder of the script and from python.path, files are read beside the script',
    async () => {
      const source = `
import os, beside, pure
from package import part
assert (beside.name, pure.name, part.name) == ("beside", "pure", "part")
with open(os.path.join(os.path.dirname(__file__), "data.txt"), encoding="utf-8") as file:
    assert file.read() == "gr\\u00fc\\u00df"
assert os.path.exists("config.yaml"), os.getcwd()
${register}`;
      const cwd = temporaryFolder({
        'config.yaml': `scripts: [scripts/a.py]\npython: { engine: ${engine}, path: [site] }\n`,
        'scripts/a.py': source,
        'scripts/beside.py': 'name = "beside"',
        'scripts/data.txt': 'grüß',
        'site/pure.py': 'name = "pure"',
        'site/package/__init__.py': '',
        'site/package/part.py': 'name = "part"',
      });
      const { code, stderr, stdout } = await check(cwd, '-c', 'config.yaml');
      expect(stderr).not.toMatch(/error/i);
      expect(code).toBe(0);
      expect(stdout).toContain('scripts/a.py: ok');
    },
    SLOW,
  );

  test(
    'a script may be a link, and links beside it may lead anywhere; its own folder is searched first',
    async () => {
      const cwd = temporaryFolder({
        'links/only.py': 'raise ValueError',
        'real/grün.py': `import os, beside\nfolder = os.path.dirname(__file__)\nassert open(os.path.join(folder, "data", "x.txt")).read() == "x"\n${register}`,
        'real/beside.py': '',
        'elsewhere/x.txt': 'x',
        'own/b.py': 'import only\n',
        'own/only.py': '',
      });
      symlinkSync('../real/grün.py', join(cwd, 'links/grün.py'));
      symlinkSync('../elsewhere', join(cwd, 'links/data'));
      const { code, stderr, stdout } = await check(join(cwd, 'links'), ...python('grün.py'), '-f', '../own/b.py');
      expect(stderr).not.toMatch(/error/i);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ {2}one +grün\.py:[67] /m);
    },
    SLOW,
  );

  test(
    'folders of scripts may lie in each other, whichever comes first',
    async () => {
      const cwd = temporaryFolder({
        'main.py': 'import above\n',
        'above.py': '',
        'inner/sub.py': 'import below\n',
        'inner/below.py': '',
      });
      const { code, stdout } = await check(join(cwd, 'inner'), ...python('sub.py'), '-f', '../main.py');
      expect(stdout).toContain('Script sub.py: ok');
      expect(code).toBe(0);
    },
    SLOW,
  );

  test(
    'a handler that cannot be interrupted costs what runs it, which is replaced, and its own message',
    async () => {
      // One call of a function in C that never looks up.
      const stuck = '@spoa.message("stuck")\ndef stuck(args):\n    sum(range(10**15))\n';
      const good = '@spoa.message("good")\ndef good(args):\n    spoa.set_var_int32("n", spoa.scope_txn, args.n)\n';
      const cwd = temporaryFolder({ 'a.py': `import spoa\n\n${stuck}\n${good}` });
      const listen = ['--spop-listen', '127.0.0.1:0', '--no-spop-direct'];
      const args = ['serve', ...listen, '-n', '1', '--script-timeout', '1000', ...python('a.py')];
      const program = startProgram('offload', args, { cwd, env });
      const to = await spopAddress(program);
      const notify = (...message: string[]) =>
        runProgram('offload', ['notify', '--to', to, '--timeout', '60000', ...message]);
      const { code, stdout } = await notify('stuck');
      expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.not.stringContaining('txn') });
      // Whoever asks while the successor loads may get no variable, but an answer.
      for (;;) {
        const answer = await notify('good', 'n=int32:7');
        expect(answer.code).toBe(0);
        if (/txn\.n +int32 +7/.test(answer.stdout)) break;
      }
      expect(program.lines.some((line) => /replaced|took its place/.test(line))).toBe(true);
    },
    SLOW,
  );

  test(
    'a standalone service that does not listen does not hold up the end of the server',
    async () => {
      const cwd = temporaryFolder({
        'home/apps/deaf/deaf.py': `import time\ndef init(): print("init")\ndef run():\n    print("runs", flush=True)\n    while True: time.sleep(0.01)\n`,
        'home/etc/conf/lapps.json': JSON.stringify({
          directories: { applications: 'apps' },
          services: { deaf: { internal: true, instances: 1 } },
        }),
      });
      const args = ['serve', '--ws', '--lapps-home', 'home', '--ws-listen', '127.0.0.1:0', '--python-engine', engine];
      const program = startProgram('offload', args, { cwd, env });
      await program.waitForLine(/Try it from another terminal|init/);
      const { signal } = await program.stop();
      expect(signal).not.toBe('SIGKILL');
    },
    SLOW,
  );
});

describe('a Python process', () => {
  const start = async (files: Record<string, string>, ...args: string[]) => {
    const cwd = temporaryFolder(files);
    const listen = ['--spop-listen', '127.0.0.1:0', '-n', '1', '-f', 'cpython:a.py'];
    const program = startProgram('offload', ['serve', ...listen, ...args], { cwd, env });
    const to = await spopAddress(program);
    const notify = (...message: string[]) =>
      runProgram('offload', ['notify', '--to', to, '--timeout', '60000', ...message]);
    /** Asks until there is an answer with a variable. */
    const answered = async (...message: string[]) => {
      for (;;) {
        const answer = await notify(...message);
        expect(answer.code).toBe(0);
        if (answer.stdout.includes('txn.')) return answer.stdout;
      }
    };
    return { program, notify, answered };
  };
  const pid = '@spoa.message("pid")\ndef pid(args):\n    spoa.set_var_int32("pid", spoa.scope_txn, os.getpid())\n';

  test(
    'that does nothing any more is ended with its thread, and does not hold up the end of the server',
    async () => {
      const stuck = '@spoa.message("stuck")\ndef stuck(args):\n    os.kill(os.getpid(), signal.SIGSTOP)\n';
      const { program, notify, answered } = await start({ 'a.py': `import os, signal, spoa\n\n${stuck}\n${pid}` });
      expect((await notify('stuck')).stdout).not.toContain('txn.');
      await answered('pid');
      expect(program.lines.filter((line) => line.includes('thread ended'))).not.toEqual([]);
      expect(await program.stop()).toEqual({ code: 0, signal: null });
    },
    SLOW,
  );

  test(
    'whose scripts take long to load is replaced, and its thread stays',
    async () => {
      const { program, answered } = await start(
        { 'a.py': `import os, time, spoa\ntime.sleep(1.2)\n${pid}` },
        '--script-timeout',
        '200',
      );
      const before = /int32 +(\d+)/.exec(await answered('pid'))?.[1];
      process.kill(Number(before), 'SIGKILL');
      expect(/int32 +(\d+)/.exec(await answered('pid'))?.[1]).not.toBe(before);
      await program.waitForLine(/took its place/);
      expect(program.lines.filter((line) => line.includes('thread ended'))).toEqual([]);
    },
    SLOW,
  );

  test(
    'may load its scripts with one long call of a function in C',
    async () => {
      const { answered } = await start(
        { 'a.py': `import os, spoa\nsum(range(10**8))\n${pid}` },
        '--script-timeout',
        '100',
        '--load-timeout',
        '60000',
      );
      expect(await answered('pid')).toContain('pid');
    },
    SLOW,
  );
});

describe('the Python of the machine', () => {
  const start = (executable: string, files: Record<string, string> = {}) => {
    const cwd = temporaryFolder({ 'a.py': register, ...files });
    for (const name of Object.keys(files)) chmodSync(join(cwd, name), 0o755);
    return check(cwd, '-f', 'cpython:a.py', '--python', executable);
  };

  test('that is missing stops the start', async () => {
    const { code, stderr } = await start('/nowhere/python3');
    expect(code).toBe(1);
    expect(stderr).toContain(
      "Cannot start Python '/nowhere/python3': there is no such program; Python 3.9 or later is needed",
    );
  });

  test('that is too old stops the start', async () => {
    const old = '#!/bin/sh\necho "offload: Python 3.8 is too old" >&2\nexit 3\n';
    const { code, stderr } = await start('./old-python', { 'old-python': old });
    expect(code).toBe(1);
    expect(stderr).toContain('Python 3.8 is too old; Python 3.9 or later is needed');
  });
});
