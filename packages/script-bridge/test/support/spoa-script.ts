import type { Message, TypedData } from '@offload/spop-codec';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type PythonWorker, startPythonWorker } from './python-worker.js';

const SCRIPT = `
import asyncio, enum, ipaddress, logging, sys, time
import spoa
import helper

log = logging.getLogger("scores")
order = []

def run(args):
    exec(compile(args.get("code"), "case.py", "exec"), names := {**globals(), "args": args})
    return names.get("returned")

spoa.register_message("run", run)

@spoa.message("echo")
def echo(args):
    for argument in args:
        name, value = argument["name"], argument["value"]
        if value is None: spoa.set_var_null(name, spoa.scope_txn)
        elif isinstance(value, bool): spoa.set_var_boolean(name, spoa.scope_txn, value)
        elif isinstance(value, int):
            if value < 2**63: spoa.set_var_int64(name, spoa.scope_txn, value)
            else: spoa.set_var_uint64(name, spoa.scope_txn, value)
        elif isinstance(value, ipaddress.IPv4Address): spoa.set_var_ipv4(name, spoa.scope_txn, value)
        elif isinstance(value, ipaddress.IPv6Address): spoa.set_var_ipv6(name, spoa.scope_txn, value)
        elif isinstance(value, str): spoa.set_var_str(name, spoa.scope_txn, value)
        else: spoa.set_var_bin(name, spoa.scope_txn, value)

@spoa.message("slow")
async def slow(args):
    spoa.set_var_str("a", spoa.scope_txn, "first")
    await asyncio.sleep(args.get("seconds") / 1000)
    spoa.set_var_str("b", spoa.scope_txn, str(args.get("n")))
    order.append(args.get("n"))

@spoa.message("gather")
async def gather(args):
    async def one(n):
        await asyncio.sleep(0.001 * n)
        spoa.set_var_int32(f"v{n}", spoa.scope_txn, n)
    await asyncio.gather(*(one(n) for n in (3, 1, 2)))

class Handlers:
    def bound(self, args):
        spoa.set_var_int32("bound", spoa.scope_txn, len(args))

spoa.register_message("bound", Handlers().bound)

@spoa.message("keyword")
def keyword(*, args):
    spoa.set_var_int32("keyword", spoa.scope_txn, len(args))

@spoa.message("other")
def other(message):
    spoa.set_var_int32("other", spoa.scope_txn, len(message))
`;
const HELPER = 'word = "imported"\n';

/** Hooks of a group of tests: one worker with handlers of the module spoa in Python, its log empty before each test. */
export function withSpoaWorker(engine: 'pyodide' | 'cpython', started: (worker: PythonWorker) => void): void {
  let worker: PythonWorker | undefined;
  beforeAll(async () => {
    worker = await startPythonWorker(engine, { 'main.py': SCRIPT, 'helper.py': HELPER });
    started(worker);
  }, 120_000);
  beforeEach(() => {
    if (worker !== undefined) worker.log.length = 0;
  });
  afterAll(() => worker?.stop());
}

export const text = (value: string): TypedData => ({ type: 'string', value: Buffer.from(value, 'latin1') });

/** A message that runs code inside of its handler; the coroutine the code calls `returned` is awaited. */
export const run = (code: string): Message[] => [{ name: 'run', args: [{ name: 'code', value: text(code) }] }];
