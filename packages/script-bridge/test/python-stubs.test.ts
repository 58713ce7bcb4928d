import { readdirSync, readFileSync } from 'node:fs';
import type { Message } from '@offload/spop-codec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PythonWorker, startPythonWorker } from './support/python-worker.js';

const FOLDER = new URL('../python/stubs/', import.meta.url);
const stubs = readdirSync(FOLDER).map((name) => ({
  module: name.replace(/\.pyi$/, ''),
  text: readFileSync(new URL(name, FOLDER), 'utf8'),
}));

/** Compares the public names of a module, and the parameters of what is written in Python, with its stub. */
const SCRIPT = `
import ast, importlib, inspect, json
import spoa

ONLY_TYPES = {"Value", "Argument", "Args"}

def parameters(node):
    a = node.args
    return [p.arg for p in a.posonlyargs + a.args + a.kwonlyargs]

def members(body):
    names = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            longer = max(names.get(node.name, []), parameters(node), key=len)
            names[node.name] = longer
        elif isinstance(node, ast.ClassDef):
            names[node.name] = members(node.body)
        elif isinstance(node, ast.AnnAssign):
            names[node.target.id] = None
    return names

def compare(told, real, where, wrong):
    public = {name for name in dir(real) if not name.startswith("_")} - {"add_note", "args", "with_traceback"}
    stated = {name for name in told if not name.startswith("_")} - ONLY_TYPES
    wrong.extend(f"{where}.{name} is not in the stub" for name in public - stated)
    wrong.extend(f"{where}.{name} does not exist" for name in stated - public)
    for name in stated & public:
        value = getattr(real, name)
        if isinstance(told[name], dict):
            if not issubclass(value, Exception):
                compare(told[name], value, f"{where}.{name}", wrong)
        elif isinstance(told[name], list) and inspect.isfunction(value):
            signature = inspect.signature(value).parameters.values()
            if any(p.kind is p.VAR_POSITIONAL for p in signature):
                continue  # the host's own
            if told[name] != [p.name for p in signature]:
                wrong.append(f"{where}.{name} takes {[p.name for p in signature]}, the stub says {told[name]}")

@spoa.message("compare")
def check(args):
    wrong = []
    told = members(ast.parse(args.get("text")).body)
    compare(told, importlib.import_module(args.get("module")), args.get("module"), wrong)
    spoa.set_var_str("wrong", spoa.scope_txn, json.dumps(sorted(wrong)))
`;

describe.each(['pyodide', 'cpython'] as const)('stubs for editors (%s)', (engine) => {
  let worker: PythonWorker;
  beforeAll(async () => {
    worker = await startPythonWorker(engine, { 'main.py': SCRIPT });
  }, 120_000);
  afterAll(() => worker?.stop());

  it.each(stubs)('$module has every name of the module, with its parameters', async ({ module, text }) => {
    const string = (value: string) => ({ type: 'string', value: Buffer.from(value) }) as const;
    const message: Message = {
      name: 'compare',
      args: [
        { name: 'module', value: string(module) },
        { name: 'text', value: string(text) },
      ],
    };
    const { actions, faults } = await worker.notify([message]);
    expect(faults).toEqual([]);
    const [action] = actions;
    const value = action?.type === 'set-var' && action.value.type === 'string' ? action.value.value : '';
    expect(JSON.parse(Buffer.from(value).toString())).toEqual([]);
  });

  it('there is one for every module of this package in Python', () => {
    const modules = ['spoa', 'ws', 'bcast', 'mqr', 'cws', 'nap', 'offload', 'nljson', 'murmur', 'pam_auth'];
    expect(stubs.map(({ module }) => module).sort()).toEqual(modules.sort());
  });
});
