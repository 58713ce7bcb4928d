import type { Message } from '@offload/spop-codec';
import { describe, expect, it } from 'vitest';
import type { Answer } from './support/notify-pool.js';
import { type PythonWorker, startPythonWorker } from './support/python-worker.js';
import { run, text, withSpoaWorker } from './support/spoa-script.js';

describe.each(['pyodide', 'cpython'] as const)('module spoa in Python (%s)', (engine) => {
  let worker: PythonWorker;
  withSpoaWorker(engine, (started) => {
    worker = started;
  });

  it('register_message() and message() report what is registered, with file and line', () => {
    expect(worker.report.messages).toContainEqual({
      name: 'run',
      where: `${worker.folder}/main.py:9`,
      file: `${worker.folder}/main.py`,
      language: 'python',
      engine,
    });
    expect(worker.report.messages).toHaveLength(7);
  });

  it('handlers may take their arguments by keyword, by position, and as methods', async () => {
    for (const name of ['bound', 'keyword', 'other']) {
      const { actions, faults } = await worker.notify([{ name, args: [{ name: '', value: text('x') }] }]);
      expect(faults).toEqual([]);
      expect(actions).toMatchObject([{ name, value: { value: 1 } }]);
    }
  });

  it('all messages of one pass are answered, a fault costs one of them', async () => {
    const notifies = Array.from({ length: 100 }, (_, n) =>
      run(n === 50 ? 'raise ValueError("only this")' : `spoa.set_var_int32("n", 2, ${n})`),
    );
    const answers = await Promise.all(worker.pass(...notifies));
    for (const [n, { actions, faults }] of answers.entries()) {
      if (n === 50) expect(faults[0]?.message).toBe('ValueError: only this');
      else expect(actions).toMatchObject([{ name: 'n', value: { value: n } }]);
    }
  });

  it('several messages of one NOTIFY are answered together, unknown ones with nothing', async () => {
    const { actions, faults } = await worker.notify([
      ...run('spoa.set_var_int32("a", 2, 1)'),
      { name: 'unknown', args: [] },
      {
        name: 'slow',
        args: [
          { name: 'seconds', value: { type: 'int64', value: 5 } },
          { name: 'n', value: text('n') },
        ],
      },
      ...run('spoa.set_var_int32("c", 2, 3)'),
    ]);
    expect(faults).toEqual([]);
    expect(actions.map((action) => action.name).sort()).toEqual(['a', 'a', 'b', 'c']);
  });

  it('coroutines wait side by side, and what each sets goes to its own message', async () => {
    const slow = (n: string, ms: number): Message[] => [
      {
        name: 'slow',
        args: [
          { name: 'seconds', value: { type: 'int64', value: ms } },
          { name: 'n', value: text(n) },
        ],
      },
    ];
    const [a, b, c] = worker.pass(slow('a', 60), slow('b', 20), run('spoa.set_var_str("b", 2, "now")'));
    expect(textOf(await c, 'b')).toBe('now');
    const results = await Promise.all([a, b]);
    expect(results.map((answer) => textOf(answer, 'b'))).toEqual(['a', 'b']);
  });

  it('tasks of a coroutine set variables of its message', async () => {
    const { actions, faults } = await worker.notify([{ name: 'gather', args: [] }]);
    expect(faults).toEqual([]);
    // Which task wakes first is up to the clock.
    expect(actions.map(({ name }) => name).sort()).toEqual(['v1', 'v2', 'v3']);
  });

  it('coroutines set variables of their message behind what crosses at once', async () => {
    const code = (label: string): string => `
import mqr
async def later():
    spoa.set_var_null("${label}1", 2)
    mqr.create("${label}")
    spoa.set_var_null("${label}2", 2)
    await asyncio.sleep(0.01)
    print("${label}")
    spoa.set_var_null("${label}3", 2)
    mqr.create("${label}").post(1)
    spoa.set_var_null("${label}4", 2)
returned = later()`;
    const answers = await Promise.all(['a', 'b'].map((label) => worker.notify(run(code(label)))));
    const names = answers.map(({ actions }) => actions.map(({ name }) => name));
    expect(names).toEqual([
      ['a1', 'a2', 'a3', 'a4'],
      ['b1', 'b2', 'b3', 'b4'],
    ]);
    expect(answers.flatMap(({ faults }) => faults)).toEqual([]);
  });

  it('set_var_*() outside of a message is an error', async () => {
    const { faults } = await worker.notify(run('import late'));
    expect(faults[0]?.message).toContain("No module named 'late'");
    const code = `asyncio.get_event_loop_policy()\nimport threading\nspoa.set_var_null("inside", 2)`;
    expect((await worker.notify(run(code))).faults).toEqual([]);
    const start = startPythonWorker('cpython', { 'main.py': 'import spoa\nspoa.set_var_null("v", 2)\n' });
    await expect(start).rejects.toThrow(`'set_var_null' called while no message is handled`);
  });

  it("what a handler returns is nobody's business, but for a body that never ran", async () => {
    for (const returned of ['object()', 'open', 're.compile("x")', '{1: object()}', 'float("nan")', '"\\ud800"']) {
      const code = `import re\nspoa.set_var_null("v", 2)\nreturned = ${returned}`;
      const { actions, faults } = await worker.notify(run(code));
      expect([returned, faults, actions.length]).toEqual([returned, [], 1]);
    }
    const coroutine = 'async def later():\n    await asyncio.sleep(0.001)\n    return object()\nreturned = later()';
    expect((await worker.notify(run(coroutine))).faults).toEqual([]);
    const generator = 'def body():\n    yield\nreturned = body()';
    // No line of the script was running: the handler's own is named.
    expect((await worker.notify(run(generator))).faults[0]).toMatchObject({
      message: "TypeError: the handler gave a 'generator', whose code never runs: it must not 'yield'",
      spoeMessage: 'run',
      script: `${worker.folder}/main.py`,
      line: 9,
    });
  });

  it('print and logging go to the log', async () => {
    await worker.notify(run('print("one"); print("two", file=sys.stderr); log.warning("low %d", 3); log.info("fine")'));
    expect(worker.log).toEqual([
      { level: 'info', message: 'one' },
      { level: 'warn', message: 'two' },
      { level: 'warn', message: 'scores: low 3' },
      { level: 'info', message: 'scores: fine' },
    ]);
  });

  it('sys.stdout and sys.stderr do what scripts expect of files', async () => {
    const code = `
import faulthandler, io
sys.stdout.reconfigure(line_buffering=True, encoding="utf-8")
wrapped = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", line_buffering=True)
wrapped.write("gr\\u00fcn\\n")
wrapped.close()
sys.stdout.buffer.write(b"bytes\\n")
faulthandler.enable()
faulthandler.disable()
assert (sys.stdout.fileno(), sys.stderr.fileno(), sys.stdout.isatty()) == (1, 2, False)
sys.stdout.writelines(["a\\n", "b\\n"])
sys.stdout.close()
print("still open")`;
    expect((await worker.notify(run(code))).faults).toEqual([]);
    expect(worker.log.map(({ message }) => message)).toEqual(['grün', 'bytes', 'a', 'b', 'still open']);
  });

  it('a fault shows the Python traceback with source lines, without frames of the host', async () => {
    const { faults } = await worker.notify([
      { name: 'keyword', args: [] },
      ...run('def f():\n    spoa.set_var_str("v", 9, "")\nf()'),
    ]);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.traceback).toMatch(
      /^Traceback \(most recent call last\):\n {2}File ".*main\.py", line 10, in run/,
    );
    expect(faults[0]?.traceback).toContain('exec(compile(');
    expect(faults[0]?.traceback).not.toContain('offload_runtime');
    expect(faults[0]?.traceback).not.toContain('spoa.py');
  });
});

it('spoa.set_var_*() in another thread than the handler is refused: it would be of another message', async () => {
  const worker = await startPythonWorker('cpython', {
    'main.py': `
import spoa, threading
refused = []
def set_all():
    for call in (
        lambda: spoa.set_var_int32("v", 2, 1), lambda: spoa.set_var_str("v", 2, "x"), lambda: spoa.unset_var("v", 2),
        lambda: spoa.set_var_boolean("v", 2, True), lambda: spoa.set_var_ipv4("v", 2, "192.0.2.1"),
    ):
        try: call()
        except spoa.error as error: refused.append(str(error))
@spoa.message("m")
def m(args):
    spoa.set_var_int32("v", 2, 0)
    thread = threading.Thread(target=set_all); thread.start(); thread.join()
    spoa.set_var_str("refused", 2, "; ".join(refused))
`,
  });
  try {
    const answer = await worker.notify([{ name: 'm', args: [] }]);
    expect(answer.actions.map(({ name }) => name)).toEqual(['v', 'refused']);
    expect(textOf(answer, 'refused')?.split('; ')).toEqual(
      ['int32', 'str', 'unset', 'boolean', 'ipv4'].map(
        (kind) => `'${kind === 'unset' ? 'unset_var' : `set_var_${kind}`}' called in another thread than the handler's`,
      ),
    );
  } finally {
    await worker.stop();
  }
});

/** The text an answer sets a variable to. */
function textOf(answer: Answer | undefined, name: string): string | undefined {
  const action = answer?.actions.find((each) => each.name === name);
  if (action?.type !== 'set-var' || action.value.type !== 'string') return undefined;
  return Buffer.from(action.value.value).toString();
}
