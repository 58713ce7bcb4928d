/** Which libraries a state has, and where they are found: globals, `package.loaded` and the metatable of strings. */
import { sourceBytes } from './bytes.js';
import { openBase } from './lib/base-library.js';
import { openBit } from './lib/bit-library.js';
import { openCoroutine } from './lib/coroutine-library.js';
import { openDebug } from './lib/debug-library.js';
import type { Library } from './lib/host.js';
import { openIo } from './lib/io-library.js';
import { openLoad, type ReadFile } from './lib/load-library.js';
import { openMath } from './lib/math-library.js';
import { openOs } from './lib/os-library.js';
import { DEFAULT_PATH, openPackage } from './lib/package-library.js';
import { openProtectedCalls } from './lib/protected-calls.js';
import { openString } from './lib/string-library.js';
import type { System } from './lib/system.js';
import { openTable } from './lib/table-library.js';
import { openUtf8 } from './lib/utf8-library.js';
import type { Engine } from './runtime/engine.js';
import { LuaTable } from './table.js';

export type LibraryName =
  | 'base'
  | 'package'
  | 'coroutine'
  | 'string'
  | 'table'
  | 'math'
  | 'bit'
  | 'utf8'
  | 'debug'
  | 'io'
  | 'os';

export const ALL_LIBRARIES: readonly LibraryName[] = [
  ...(['base', 'package', 'coroutine', 'string', 'table', 'math', 'bit', 'utf8', 'debug', 'io', 'os'] as const),
];

export interface LibraryOptions {
  /** Libraries to open; all by default. */
  readonly libraries?: readonly LibraryName[];
  /** Files, environment and clock for `io` and `os`. Without it they have a clock only. */
  readonly system?: System;
  /** Reads a file for `require`, `loadfile` and `dofile`: bytes or text, undefined when there is none. */
  readonly readFile?: (path: string) => string | Uint8Array | undefined;
  /** `package.path`. */
  readonly path?: string;
}

export interface OpenLibraries {
  /** `package.loaded`, also where scripts cannot see it. */
  readonly loaded: LuaTable;
  /** Closes open files. */
  readonly close: () => void;
}

/** Opens libraries in the globals of `engine`. `now` is a clock in milliseconds. */
export function openLibraries(engine: Engine, options: LibraryOptions, now: () => number): OpenLibraries {
  const { globals } = engine;
  globals.define('_G', globals);
  const wanted = new Set(options.libraries ?? ALL_LIBRARIES);
  const readFile: ReadFile = (path) => {
    const data = options.readFile?.(path);
    if (data === undefined) throw new Error('No such file or directory');
    return sourceBytes(data);
  };
  // The base library is what compiled code leans on; without it its functions are only kept out of the globals.
  const hidden = wanted.has('base') ? globals : new LuaTable();
  engine.install(openBase(engine), hidden);
  engine.install(openProtectedCalls(engine), hidden);
  engine.install(openLoad(engine, readFile), hidden);
  const packages = openPackage(engine, {
    path: options.path ?? DEFAULT_PATH,
    readFile,
    exists: (path) => options.readFile?.(path) !== undefined,
  });
  if (wanted.has('package')) engine.install(packages, globals);
  const loaded = (packages['package'] as LuaTable).getStr('loaded') as LuaTable;

  const closers: (() => void)[] = [];
  const openers = libraryOpeners(engine, options.system ?? { clock: () => now() / 1000 }, closers);
  for (const [name, open] of Object.entries(openers)) {
    if (!wanted.has(name as LibraryName)) continue;
    const table = engine.install(open(), new LuaTable());
    globals.define(name, table);
    loaded.define(name, table);
  }
  defineAliases(globals, loaded);
  if (wanted.has('string')) {
    const meta = new LuaTable();
    meta.setStr('__index', globals.getStr('string'));
    engine.metas.string.meta = meta;
  }
  const close = () => {
    for (const closeLibrary of closers) closeLibrary();
  };
  return { loaded, close };
}

/** What opens each library that is a table of its own, in the order they are opened. */
function libraryOpeners(
  engine: Engine,
  system: System,
  closers: (() => void)[],
): Partial<Record<LibraryName, () => Library>> {
  return {
    coroutine: () => openCoroutine(engine),
    string: () => openString(engine.host),
    table: () => openTable(engine.host),
    math: () => openMath(),
    bit: () => openBit(engine),
    utf8: () => openUtf8(),
    debug: () => openDebug(engine),
    os: () => openOs(engine.host, system),
    io: () => {
      const io = openIo(engine.host, system);
      engine.install(io.methods, new LuaTable());
      closers.push(() => io.close());
      return io.library;
    },
  };
}

/** Modules that are loaded without being libraries: `require 'table.new'`. */
function defineAliases(globals: LuaTable, loaded: LuaTable): void {
  const table = globals.getStr('table');
  if (table instanceof LuaTable) {
    for (const name of ['new', 'clear']) loaded.define(`table.${name}`, table.getStr(name));
  }
  loaded.define('_G', globals);
  loaded.define('package', globals.getStr('package'));
}
