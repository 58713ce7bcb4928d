/** The `offload-lua` command without the process around it. */
import { readFileSync } from 'node:fs';
import { stringFromBytes } from '../bytes.js';
import { LuaError } from '../errors.js';
import { createNodeSystem } from '../node/node-system.js';
import { State } from '../state.js';
import { LuaTable } from '../table.js';
import { LuaUserdata, type LuaValue } from '../value.js';
import { type CommandLine, parseArguments, USAGE } from './arguments.js';
import type { Output } from './output.js';

const PROGRAM = 'offload-lua';

/** Runs the command; returns the exit code. */
export function runCommand(argv: readonly string[], output: Output, stderr: (bytes: string) => void): number {
  const line = parseArguments(argv);
  if (line === undefined) {
    stderr(USAGE);
    return 1;
  }
  const state = makeState(output, line.ignoresEnvironment ? undefined : process.env['LUA_PATH']);
  try {
    if (line.version) output.write('offload-lua: Lua 5.1 (LuaJIT dialect) on JavaScript\n');
    setArguments(state, argv, line);
    for (const action of line.actions) {
      if (action.kind === 'execute') state.callMulti(state.load(utf8(action.text), '=(command line)'));
      else state.callMulti(state.getGlobal('require'), byteString(action.text));
    }
    if (line.script !== undefined) runScript(state, argv, line);
    return 0;
  } catch (e) {
    output.flush();
    stderr(errorReport(state, e));
    return 1;
  } finally {
    state.close();
    output.flush();
  }
}

function makeState(output: Output, path: string | undefined): State {
  return new State({
    print: (bytes) => output.write(bytes),
    readFile: (file) => {
      try {
        return readFileSync(Buffer.from(file, 'latin1'));
      } catch (e) {
        if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((e as NodeJS.ErrnoException).code ?? '')) return undefined;
        throw e;
      }
    },
    system: createNodeSystem({
      execute: true,
      environment: process.env,
      exit: (code) => {
        output.flush();
        process.exit(code);
      },
    }),
    ...(path === undefined ? {} : { path }),
  });
}

function runScript(state: State, argv: readonly string[], line: CommandLine): void {
  const script = line.script!;
  const args = argv.slice(line.scriptIndex + 1).map(byteString);
  const source = script === '-' ? readFileSync(0) : readScript(script);
  state.callMulti(state.load(source, script === '-' ? '=stdin' : `@${byteString(script)}`), ...args);
}

function readScript(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (e) {
    const reason = (e as NodeJS.ErrnoException).code === 'ENOENT' ? 'No such file or directory' : (e as Error).message;
    throw new LuaError(`cannot open ${path}: ${reason}`);
  }
}

/** The global `arg`: the script at 0, its arguments from 1, what came before (all where there is none) at negative indices. */
function setArguments(state: State, argv: readonly string[], line: CommandLine): void {
  const arg = new LuaTable();
  const all = [PROGRAM, ...argv];
  const zero = line.scriptIndex + 1;
  all.forEach((text, i) => {
    arg.set(i - zero, byteString(text));
  });
  state.globals.setStr('arg', arg);
}

/** As luajit has it: a traceback only behind what can be shown, and for nil no word at all. */
function errorReport(state: State, e: unknown): string {
  const value: LuaValue = e instanceof LuaError ? e.value : String((e as Error).message);
  let text: string;
  if (typeof value === 'string' || typeof value === 'number') text = state.tostring(value);
  else if (hasToString(value)) text = state.tostring(value);
  else if (value === undefined) return '';
  else return `${PROGRAM}: (error object is not a string)\n`;
  const trace = state.traceback(e);
  return `${PROGRAM}: ${text}\n${trace === undefined ? '' : `${trace}\n\t[C]: ?\n`}`;
}

function hasToString(value: LuaValue): boolean {
  const meta = value instanceof LuaTable || value instanceof LuaUserdata ? value.meta : undefined;
  return meta?.getStr('__tostring') !== undefined;
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text);
}

function byteString(text: string): string {
  return stringFromBytes(utf8(text));
}
