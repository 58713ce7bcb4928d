import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ScriptRuntimeError } from '../../errors.js';
import { bytesOf, readable } from './line-log.js';
import type { Sources } from './sources.js';

/** First byte of precompiled code, of PUC Lua and of LuaJIT. */
const BYTECODE = 0x1b;

/** The files of an engine's scripts: where `require` looks for them, and their source as the compiler takes it. */
export class ScriptFiles {
  private readonly sources: Sources;
  private readonly searchPath: readonly string[];
  private readonly roots: string[] = [];

  /** Files that were read are added to `sources`. */
  constructor(sources: Sources, searchPath: readonly string[]) {
    this.sources = sources;
    this.searchPath = searchPath;
  }

  /** What stands beside the script `path` is found first from now on. */
  addRootOf(path: string): void {
    const folder = dirname(resolve(path));
    if (!this.roots.includes(folder)) this.roots.unshift(folder);
  }

  /** The value of `package.path`, a byte string. */
  get luaPath(): string {
    const path = [...this.roots, ...this.searchPath]
      .flatMap((folder) => [join(folder, '?.lua'), join(folder, '?', 'init.lua')])
      .concat('./?.lua')
      .join(';');
    return bytesOf(path);
  }

  /**
   * The source of a script.
   * @throws ScriptRuntimeError `SCRIPT_ERR_LOAD` when it cannot be read, `SCRIPT_ERR_UNSUPPORTED` when it is bytecode
   */
  readScript(path: string): Uint8Array {
    let source: Uint8Array;
    try {
      source = readFileSync(path);
    } catch (error) {
      const message = `Cannot read ${path}: ${(error as Error).message}`;
      throw new ScriptRuntimeError(
        { code: 'SCRIPT_ERR_LOAD', message, language: 'lua', script: path },
        { cause: error },
      );
    }
    this.sources.add(path);
    if (source[0] === BYTECODE) {
      const message = `${path}: precompiled bytecode cannot be loaded. Ship the Lua source instead: it is compiled when it is loaded.`;
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_UNSUPPORTED', message, language: 'lua', script: path });
    }
    return withoutShebang(source);
  }

  /**
   * The source of a module; undefined when there is no such file. A pipe is none: it would hold the thread.
   * @param path a byte string
   */
  readModule(path: string): Uint8Array | undefined {
    const file = Buffer.from(path, 'latin1');
    try {
      if (!statSync(file).isFile()) return undefined;
      const source = readFileSync(file);
      this.sources.add(readable(path));
      return withoutShebang(source);
    } catch {
      return undefined;
    }
  }
}

/** A first line that begins with `#` is for the shell; its line end stays, so that line numbers do. */
function withoutShebang(source: Uint8Array): Uint8Array {
  if (source[0] !== 0x23) return source;
  const end = source.indexOf(10);
  return end < 0 ? new Uint8Array(0) : source.subarray(end);
}
