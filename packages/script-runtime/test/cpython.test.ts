import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArgumentKind, NamedArguments } from '../src/named-arguments.js';
import type { EngineOptions } from '../src/runtime.js';
import type { CPythonEngine } from '../src/runtimes/cpython/engine.js';
import { cpython } from '../src/runtimes/cpython.js';
import type { ScriptFunction, ScriptTable } from '../src/value.js';
import { Bench } from './conformance/bench.js';
import { ENGINES } from './conformance/engines.js';
import { conformance } from './conformance.js';

/** Programs to test with, separated by commas. */
const executables = (process.env.OFFLOAD_TEST_PYTHONS ?? 'python3').split(',');

for (const executable of executables) {
  const { settings } = ENGINES.cpython.options;
  conformance(cpython, { ...ENGINES.cpython, options: { settings: { ...settings, executable } } });
}

describe('cpython', () => {
  let bench: Bench;
  const open = async (options: EngineOptions = {}): Promise<CPythonEngine> => {
    bench = await Bench.create(cpython, options);
    return bench.engine as CPythonEngine;
  };
  const load = (source: string): unknown => bench.engine.load(bench.write('s.py', `import os, signal, t\n${source}`));
  /** Resolves when a line of the log matches. */
  const logged = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const line = bench.host.logged.find(({ message }) => pattern.test(message));
      if (line !== undefined) return line.message;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  afterEach(async () => {
    const last = bench as Bench | undefined;
    bench = undefined as unknown as Bench;
    await last?.close();
  });

  describe('a process that ends', () => {
    beforeEach(() => open());

    it('is replaced: what scripts registered works under the same handles', async () => {
      const { engine } = bench as unknown as { engine: CPythonEngine };
      await load(`
count = 0
def counter():
    global count
    count += 1
    return count
t.register("counter", counter)
t.register("other", lambda x: [x, t.answer, type(t).__name__])
`);
      expect([await bench.call('counter'), await bench.call('counter')]).toEqual([1, 2]);
      const before = engine.pid as number;
      process.kill(before, 'SIGKILL');
      await logged(/took its place/);
      expect(engine.pid).not.toBe(before);
      expect(bench.functions.size).toBe(2);
      // A state of its own: counted from the start.
      expect(await bench.call('counter')).toBe(1);
      expect(bench.host.held).toBe(0);
    });
    it('fails the calls it was in, and no other', async () => {
      await load(`
t.register("die", lambda args: os.kill(os.getpid(), 9))
t.register("live", lambda args: args.get("n"))
t.register("wait", lambda label: t.wait(label))
`);
      const args = (n: number): NamedArguments => {
        const named = new NamedArguments();
        named.add('n', ArgumentKind.Integer, n, 0, 0);
        return named;
      };
      expect(await bench.callNamed('live', args(1))).toBe(1);
      await expect(bench.callNamed('die', args(2))).rejects.toMatchObject({
        code: 'SCRIPT_ERR_HOST',
        message: expect.stringMatching(/^Python process \d+ ended/),
      });
      // Made while there is none: it waits for the next.
      expect(await bench.callNamed('live', args(3))).toBe(3);
      expect(await logged(/it is replaced/)).toMatch(/was ended by SIGKILL/);
    });
    it('fails calls that wait in it', async () => {
      await load('async def wait(label): return await t.wait(label)\nt.register("wait", wait)');
      const started = bench.start('wait', 'x');
      await bench.waiting('x');
      process.kill((bench.engine as CPythonEngine).pid as number, 'SIGKILL');
      await expect(started.settled).rejects.toThrow(/was ended by SIGKILL/);
      await logged(/took its place/);
      expect(bench.host.held).toBe(0);
    });
    it('takes functions with it that were made while it ran', async () => {
      await load('t.register("make", lambda: t.note(lambda: 7))\nt.register("die", lambda: os._exit(3))');
      await bench.call('make');
      const [fn] = bench.notes[0] as [ScriptFunction];
      expect(await bench.callFunction(fn)).toBe(7);
      await expect(bench.call('die')).rejects.toThrow(/ended/);
      await logged(/ended with exit code 3: it is replaced/);
      await logged(/took its place/);
      await expect(bench.callFunction(fn)).rejects.toThrow(/belongs to a Python process that has ended/);
    });
    it('is replaced while a process it has started goes on, and so holds its pipes', async () => {
      await load(`
import multiprocessing, subprocess, time
children = []
def start(fork):
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,)) if fork else None
    if fork: child.start()
    else: child = subprocess.Popen(["sleep", "60"])
    return child.pid
t.register("start", start)
t.register("pid", lambda: os.getpid())`);
      const started: number[] = [];
      try {
        for (const fork of [false, true]) {
          started.push((await bench.call('start', fork)) as number);
          const before = (await bench.call('pid')) as number;
          process.kill(before, 'SIGKILL');
          expect(await bench.call('pid').catch(() => bench.call('pid'))).not.toBe(before);
        }
        started.push((await bench.call('start', false)) as number);
        await bench.engine.close();
      } finally {
        for (const pid of started) process.kill(pid, 'SIGKILL');
      }
    });
    it('is replaced when a script has closed its sockets', async () => {
      await load(`
import threading, time
def shut():
    threading.Thread(target=time.sleep, args=(60,)).start()
    os.closerange(0, 100)
t.register("shut", shut)
t.register("fine", lambda: 1)`);
      await expect(bench.call('shut')).rejects.toMatchObject({ code: 'SCRIPT_ERR_HOST' });
      expect(await bench.call('fine')).toBe(1);
    });
    it('is tried again while its script cannot be loaded any more', async () => {
      const path = bench.write('s.py', 'import t\nt.register("pid", lambda: 1)');
      await bench.engine.load(path);
      bench.write('s.py', 'x = = 1');
      process.kill((bench.engine as CPythonEngine).pid as number, 'SIGKILL');
      await logged(/cannot be started again, next try in \d+ ms: invalid syntax/);
      await expect(bench.call('pid')).rejects.toThrow(/invalid syntax/);
      bench.write('s.py', 'import t\nt.register("pid", lambda: 2)');
      await logged(/took its place/);
      expect(await bench.call('pid')).toBe(2);
    });
  });

  describe('a script that cannot be interrupted', () => {
    beforeEach(() => open({ settings: { graceMs: 100 } }));
    const sources = {
      'ignores the signal': 'signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True: pass',
      'sits in C': 'return sum(range(10 ** 12))',
      'catches everything for ever':
        'while True:\n        try:\n            try:\n                while True: pass\n            finally:\n                continue\n        finally:\n            continue',
    };
    it.each(Object.entries(sources))('that %s costs its process and nothing else', async (_what, source) => {
      await load(`def hang():\n    ${source}\nt.register("hang", hang)\nt.register("fine", lambda: 1)`);
      bench.host.timeoutMs = 200;
      await expect(bench.call('hang')).rejects.toMatchObject({
        code: expect.stringMatching(/SCRIPT_ERR_(HOST|DEADLINE)/),
      });
      bench.host.timeoutMs = 60_000;
      expect(await bench.call('fine')).toBe(1);
    });
  });

  it('call() is answered by the process it was sent to, not by one that the script has forked', async () => {
    await open();
    await load(`
def fork():
    child = os.fork()
    if child == 0: print("from the fork")
    else: os.waitpid(child, 0)
    return os.getpid()
t.register("fork", fork)
t.register("pid", lambda: os.getpid())`);
    const pid = (bench.engine as CPythonEngine).pid;
    for (let i = 0; i < 3; i++) {
      expect(await bench.call('fork')).toBe(pid);
      expect(await bench.call('pid')).toBe(pid);
    }
    await logged(/^from the fork$/);
  });

  it('call() goes on when all processes of the program get SIGTERM; what a script forks or starts may end by it', async () => {
    await open();
    await load(`
import subprocess, sys
def run():
    os.kill(os.getpid(), signal.SIGTERM)
    child = os.fork()
    if child == 0: os.kill(os.getpid(), signal.SIGTERM)
    code = "import signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)"
    started = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE)
    ends = {os.WTERMSIG(os.waitpid(child, 0)[1])}
    for _ in range(20):
        child = os.fork()
        if child == 0: signal.pause()
        os.kill(child, signal.SIGTERM)
        ends.add(os.WTERMSIG(os.waitpid(child, 0)[1]))
    return [*ends, started.stdout.decode().strip()]
t.register("run", run)`);
    expect([...((await bench.call('run')) as ScriptTable).entries()]).toEqual([
      [1, 15],
      [2, 'True'],
    ]);
  });

  it('call() reports an error whose traceback is very long, in short', async () => {
    await open();
    await load(`
def run():
    error = ValueError("again")
    for _ in range(20_000):
        try: raise error
        except ValueError: pass
        try: raise error
        except ValueError: pass
    raise error
t.register("run", run)`);
    const fault = await bench.call('run').catch((error) => error);
    expect(fault).toMatchObject({ code: 'SCRIPT_ERR_RUNTIME', message: 'ValueError: again', line: 6 });
    expect(fault.traceback.split('\n').length).toBeLessThan(10_000);
  });

  it('call() names the line of the script where code from a text fails', async () => {
    await open();
    await load('def run():\n    exec("x = 1\\nraise ValueError(x)")\nt.register("run", run)');
    const place = { script: expect.stringMatching(/s\.py$/), line: 3 };
    await expect(bench.call('run')).rejects.toMatchObject(place);
  });

  it('call() interrupts a script that sleeps, and one that waits for a lock', async () => {
    await open({ settings: { graceMs: 20_000 } });
    await load(
      'import time, threading\nt.register("sleep", lambda: time.sleep(100))\nt.register("lock", lambda: threading.Event().wait())',
    );
    bench.host.timeoutMs = 200;
    await expect(bench.call('sleep')).rejects.toMatchObject({ code: 'SCRIPT_ERR_DEADLINE', line: 3 });
    await expect(bench.call('lock')).rejects.toMatchObject({ code: 'SCRIPT_ERR_DEADLINE', line: 4 });
    bench.host.timeoutMs = 60_000;
  });

  it('a script that keeps the lock of the interpreter has no more than its time and graceMs', async () => {
    await open({ settings: { graceMs: 2000 } });
    bench.host.timeoutMs = 30_000;
    await load(`
import faulthandler, time
seen = []
faulthandler.dump_traceback_later = lambda seconds, **rest: seen.append(seconds)
def armed():
    while not seen: time.sleep(0.01)
    return seen[-1]
t.register("armed", armed)`);
    // The pool gives a thread up after its own, longer grace: by then the process must be gone.
    expect(await bench.call('armed')).toBe(32);
  });

  it('the first call after a load has no more than its time, however long a load may take', async () => {
    await open({ settings: { loadTimeoutMs: 50_000 } });
    bench.host.timeoutMs = 30_000;
    await load(`
import faulthandler, threading
seen = []
main = threading.get_ident()
def note(seconds, **rest):
    if threading.get_ident() == main: seen.append(seconds)
faulthandler.dump_traceback_later = note
t.register("armed", lambda: seen[-1])`);
    expect(await bench.call('armed')).toBe(30.25);
  });

  it('call() moves large values and many at once', async () => {
    await open();
    await load('t.register("echo", lambda x: t.echo(x))\nt.register("size", lambda *a: len(a))');
    const long = 'x'.repeat(3_000_000);
    expect(await bench.call('echo', long)).toBe(long);
    expect(await bench.call('size', ...new Array(50_000).fill('a'))).toBe(50_000);
  });

  it('logs what other threads and foreign code write, and refuses host functions there', async () => {
    await open();
    await load(`
import threading
def work():
    print("from a thread")
    try: t.note(1)
    except t.error as error: print(error)
    os.write(2, b"raw bytes\\n")
def run():
    thread = threading.Thread(target=work); thread.start(); thread.join()
t.register("run", run)`);
    await bench.call('run');
    await logged(/^raw bytes$/);
    await logged(/^from a thread$/);
    await logged(/functions of the host can only be called in the main thread/);
    expect(bench.notes).toEqual([]);
  });
});
