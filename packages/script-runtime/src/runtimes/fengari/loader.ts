import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ScriptRuntimeError } from '../../errors.js';
import type { LuaCFunction, LuaState } from './api.js';
import { loadScriptFile } from './base-library.js';
import { errorText, syntaxFault } from './faults.js';
import { lauxlib, lua } from './library.js';
import { literal, pushText, pushUtf8, readableOf, textOf } from './strings.js';

const SOURCE = literal('S');

/**
 * Finds and compiles files. `require` looks in the folder of the script that was loaded (not of the module that asks),
 * then in `package.path`, which starts as the engine's search path and the working folder.
 */
export class Loader {
  private readonly main: LuaState;
  /** Folder of the script for whose sake a source was loaded, by the source's path. */
  private readonly folders = new Map<string, string>();
  private readonly roots = new Set<string>();
  private lastSyntaxError: ScriptRuntimeError | null = null;

  constructor(main: LuaState, searchPath: readonly string[]) {
    this.main = main;
    this.openPackage(searchPath);
  }

  /** Pushes the compiled chunk of a script on `L`. Throws ScriptRuntimeError. */
  loadScript(L: LuaState, path: string): void {
    const folder = dirname(resolve(path));
    this.roots.add(folder);
    this.folders.set(path, folder);
    this.compile(L, path);
  }

  /** The syntax error of a module, when `message` (of the script that wanted it) is about one. */
  syntaxErrorIn(message: string): ScriptRuntimeError | null {
    const error = this.lastSyntaxError;
    this.lastSyntaxError = null;
    return error !== null && message.includes(error.message) ? error : null;
  }

  private compile(L: LuaState, path: string): void {
    let status: number;
    try {
      status = loadScriptFile(L, path, null);
    } catch (error) {
      const { message } = error as Error;
      throw new ScriptRuntimeError(
        { code: 'SCRIPT_ERR_LOAD', message: `Cannot read ${path}: ${message}`, language: 'lua', script: path },
        { cause: error },
      );
    }
    if (status === lua.LUA_OK) return;
    const message = errorText(L);
    lua.lua_pop(L, 1);
    if (/precompiled chunk$/.test(message)) {
      throw syntaxFault(
        `${path}: this bytecode cannot be loaded (${message.slice(path.length + 2)}). ` +
          'Ship the Lua source instead: it is compiled when it is loaded.',
        path,
        'SCRIPT_ERR_UNSUPPORTED',
      );
    }
    throw syntaxFault(message, path);
  }

  private openPackage(searchPath: readonly string[]): void {
    const L = this.main;
    lua.lua_getglobal(L, literal('package'));
    const templates = searchPath.flatMap((folder) => [join(folder, '?.lua'), join(folder, '?', 'init.lua')]);
    pushUtf8(L, [...templates, './?.lua', './?/init.lua'].join(';'));
    lua.lua_setfield(L, -2, literal('path'));
    for (const field of ['cpath', 'jspath']) {
      pushText(L, '');
      lua.lua_setfield(L, -2, literal(field));
    }
    lua.lua_getfield(L, -1, literal('searchers'));
    // The first searcher, `package.preload`, stays.
    this.setSearcher(L, 2, (l) => this.search(l, this.foldersFor(l)));
    this.setSearcher(L, 3, (l) => this.searchPackagePath(l));
    lua.lua_pushnil(L);
    lua.lua_rawseti(L, -2, 4);
    lua.lua_setfield(L, -2, literal('loaders'));
    lua.lua_pop(L, 1);
  }

  private setSearcher(L: LuaState, index: number, searcher: LuaCFunction): void {
    lua.lua_pushcfunction(L, searcher);
    lua.lua_rawseti(L, -2, index);
  }

  /** Templates of the folder that belongs to the code that calls `require`. */
  private foldersFor(L: LuaState): string[] {
    const ar = new lua.lua_Debug();
    for (let level = 0; lua.lua_getstack(L, level, ar); level++) {
      lua.lua_getinfo(L, SOURCE, ar);
      const folder = ar.source === null ? undefined : this.folders.get(readableOf(ar.source).slice(1));
      if (folder !== undefined) return [folder];
    }
    return [...this.roots];
  }

  private search(L: LuaState, folders: readonly string[]): number {
    const name = readableOf(lauxlib.luaL_checkstring(L, 1)).replaceAll('.', '/');
    const tried = folders.flatMap((folder) => {
      return [`${name}.lua`, `${name}/init.lua`, `${name}.luac`].map((file) => ({ folder, path: join(folder, file) }));
    });
    return this.pushFirst(L, tried);
  }

  private searchPackagePath(L: LuaState): number {
    const name = readableOf(lauxlib.luaL_checkstring(L, 1)).replaceAll('.', '/');
    lua.lua_getglobal(L, literal('package'));
    const type = lua.lua_getfield(L, -1, literal('path'));
    const templates = type === lua.LUA_TSTRING ? readableOf(lua.lua_tolstring(L, -1)) : '';
    lua.lua_pop(L, 2);
    const [folder] = this.foldersFor(L);
    const paths = templates.split(';').filter((template) => template !== '');
    return this.pushFirst(
      L,
      paths.map((template) => ({ folder, path: template.replaceAll('?', name) })),
    );
  }

  /** Pushes the chunk of the first file there is and its path, or the list of files tried. */
  private pushFirst(L: LuaState, candidates: readonly { folder: string | undefined; path: string }[]): number {
    const found = candidates.find(({ path }) => existsSync(path) && statSync(path).isFile());
    if (found === undefined) {
      pushUtf8(L, candidates.map(({ path }) => `\n\tno file '${path}'`).join(''));
      return 1;
    }
    if (found.folder !== undefined) this.folders.set(found.path, found.folder);
    const name = textOf(lauxlib.luaL_checkstring(L, 1));
    try {
      this.compile(L, found.path);
    } catch (error) {
      this.lastSyntaxError = error as ScriptRuntimeError;
    }
    if (this.lastSyntaxError !== null) return this.raiseSyntaxError(L, name, this.lastSyntaxError);
    pushUtf8(L, found.path);
    return 2;
  }

  private raiseSyntaxError(L: LuaState, name: string, error: ScriptRuntimeError): never {
    pushUtf8(L, `error loading module '${name}' from file '${error.script}':\n\t${error.message}`);
    return lua.lua_error(L);
  }
}
