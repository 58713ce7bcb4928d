import { randomUUID } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostObject, type HostObjectClass } from '../../value.js';
import type { LuaState } from './api.js';
import type { Library } from './coroutines.js';
import { sourceOf } from './faults.js';
import { pushOrNil, readFormat } from './file-formats.js';
import { DiskFile, EmptyFile, LogFile, type LuaFile } from './files.js';
import type { HostObjects } from './host-objects.js';
import { lauxlib, lua } from './library.js';
import { refused } from './os-library.js';
import type { LogStream } from './output.js';
import { literal, pushMessage, pushText, raise, readableOf, textOf } from './strings.js';

/** Makes `io`: files by synchronous calls, standard output into the log, no programs. */
export class IoLibrary {
  readonly functions: Library;
  private readonly objects: HostObjects;
  private readonly fileClass: HostObjectClass<LuaFile>;
  private readonly stdin: HostObject<LuaFile>;
  private readonly stdout: HostObject<LuaFile>;
  private readonly stderr: HostObject<LuaFile>;
  private input: HostObject<LuaFile>;
  private output: HostObject<LuaFile>;

  constructor(objects: HostObjects, streams: { readonly out: LogStream; readonly err: LogStream }) {
    this.objects = objects;
    const methods = this.methods();
    this.fileClass = {
      name: 'FILE*',
      toText: (file) => (file.closed ? 'file (closed)' : `file (${file.name})`),
    };
    objects.defineMethods(this.fileClass, methods);
    this.stdin = new HostObject(this.fileClass, new EmptyFile('stdin', streams.out));
    this.stdout = new HostObject(this.fileClass, new LogFile('stdout', streams.out));
    this.stderr = new HostObject(this.fileClass, new LogFile('stderr', streams.err));
    this.input = this.stdin;
    this.output = this.stdout;
    this.functions = this.library();
  }

  /** Sets `stdin`, `stdout`, `stderr` in the table on top of the stack. */
  setStreams(L: LuaState): void {
    for (const [name, file] of [
      ['stdin', this.stdin],
      ['stdout', this.stdout],
      ['stderr', this.stderr],
    ] as const) {
      this.objects.push(L, file);
      lua.lua_setfield(L, -2, literal(name));
    }
  }

  private library(): Library {
    return {
      open: (L) => this.open(L),
      close: (L) => this.close(L, lua.lua_gettop(L) === 0 ? this.output : this.check(L)),
      read: (L) => this.read(L, this.input.value, 1),
      write: (L) => this.write(L, this.output, 1),
      lines: (L) => this.linesOf(L),
      input: (L) => this.standard(L, 'r'),
      output: (L) => this.standard(L, 'w'),
      type: (L) => {
        lauxlib.luaL_checkany(L, 1);
        const file = this.fileAt(L, 1);
        if (file === undefined) lua.lua_pushnil(L);
        else pushText(L, file.value.closed ? 'closed file' : 'file');
        return 1;
      },
      tmpfile: (L) => {
        const path = join(tmpdir(), `lua_${randomUUID()}`);
        return this.opening(L, path, 'w+', () => unlinkSync(path));
      },
      popen: refused('io.popen', 'a script cannot start programs'),
    };
  }

  private methods(): Library {
    return {
      close: (L) => this.close(L, this.check(L)),
      flush: (L) => {
        this.check(L).value.flush();
        lua.lua_settop(L, 1);
        return 1;
      },
      lines: (L) => this.pushLines(L, this.check(L).value, 2, false),
      read: (L) => this.read(L, this.check(L).value, 2),
      seek: (L) => this.seek(L),
      setvbuf: (L) => {
        lua.lua_pushboolean(L, true);
        return 1;
      },
      write: (L) => this.write(L, this.check(L), 2),
    };
  }

  private fileAt(L: LuaState, arg: number): HostObject<LuaFile> | undefined {
    if (lua.lua_type(L, arg) !== lua.LUA_TUSERDATA) return undefined;
    const { object } = lua.lua_touserdata(L, arg) as { object?: HostObject };
    return object?.class === this.fileClass ? (object as HostObject<LuaFile>) : undefined;
  }

  private check(L: LuaState): HostObject<LuaFile> {
    const file = this.fileAt(L, 1);
    if (file === undefined) {
      const got = lua.lua_gettop(L) === 0 ? 'no value' : textOf(lauxlib.luaL_typename(L, 1));
      return lauxlib.luaL_argerror(L, 1, literal(`FILE* expected, got ${got}`));
    }
    return file.value.closed ? raise(L, 'attempt to use a closed file') : file;
  }

  private open(L: LuaState): number {
    const path = readableOf(lauxlib.luaL_checkstring(L, 1));
    const mode = lua.lua_type(L, 2) <= lua.LUA_TNIL ? 'r' : textOf(lauxlib.luaL_checkstring(L, 2));
    if (!/^[rwa]\+?b?$/.test(mode)) lauxlib.luaL_argerror(L, 2, literal('invalid mode'));
    return this.opening(L, path, mode);
  }

  private opening(L: LuaState, path: string, mode: string, opened = (): void => {}): number {
    let file: LuaFile;
    try {
      file = new DiskFile(path, mode);
      opened();
    } catch (error) {
      return pushFileError(L, error, path);
    }
    this.objects.push(L, new HostObject(this.fileClass, file));
    return 1;
  }

  private close(L: LuaState, file: HostObject<LuaFile>): number {
    return guarded(L, file.value.name, () => {
      file.value.close();
      lua.lua_pushboolean(L, true);
      return 1;
    });
  }

  private write(L: LuaState, file: HostObject<LuaFile>, first: number): number {
    const script = file.value instanceof DiskFile ? undefined : sourceOf(L);
    const count = lua.lua_gettop(L);
    return guarded(L, file.value.name, () => {
      for (let arg = first; arg <= count; arg++) {
        const bytes = lauxlib.luaL_checkstring(L, arg);
        file.value.write(bytes, script);
      }
      this.objects.push(L, file);
      return 1;
    });
  }

  private read(L: LuaState, file: LuaFile, first: number): number {
    const count = lua.lua_gettop(L);
    lua.lua_checkstack(L, count + 2);
    return guarded(L, file.name, () => {
      if (count < first) return pushOrNil(L, file.readLine(false));
      let results = 0;
      for (let arg = first; arg <= count; arg++) {
        results++;
        if (!readFormat(L, file, arg)) break;
      }
      return results;
    });
  }

  private seek(L: LuaState): number {
    const file = this.check(L).value;
    const whence = lua.lua_type(L, 2) <= lua.LUA_TNIL ? 'cur' : textOf(lauxlib.luaL_checkstring(L, 2));
    const offset = lua.lua_type(L, 3) <= lua.LUA_TNIL ? 0 : lauxlib.luaL_checknumber(L, 3);
    if (whence !== 'set' && whence !== 'cur' && whence !== 'end') {
      return lauxlib.luaL_argerror(L, 2, literal(`invalid option '${whence}'`));
    }
    return guarded(L, file.name, () => {
      lua.lua_pushnumber(L, file.seek(whence, offset));
      return 1;
    });
  }

  private linesOf(L: LuaState): number {
    if (lua.lua_type(L, 1) <= lua.LUA_TNIL) return this.pushLines(L, this.input.value, 2, false);
    const path = readableOf(lauxlib.luaL_checkstring(L, 1));
    let file: LuaFile;
    try {
      file = new DiskFile(path, 'r');
    } catch (error) {
      return raise(L, fileErrorText(error, path));
    }
    return this.pushLines(L, file, 2, true);
  }

  /** Pushes an iterator; its formats are the arguments from `first` on. */
  private pushLines(L: LuaState, file: LuaFile, first: number, closeAtEnd: boolean): number {
    const formats = lua.lua_gettop(L) - first + 1;
    for (let i = 0; i < formats; i++) lua.lua_pushvalue(L, first + i);
    lua.lua_pushcclosure(
      L,
      (l) => {
        if (file.closed) return raise(l, 'file is already closed');
        lua.lua_settop(l, 0);
        for (let i = 1; i <= formats; i++) lua.lua_pushvalue(l, lua.lua_upvalueindex(i));
        const results = this.read(l, file, 1);
        if (closeAtEnd && lua.lua_type(l, -results) === lua.LUA_TNIL) file.close();
        return results;
      },
      Math.max(formats, 0),
    );
    return 1;
  }

  /** `io.input` and `io.output`. */
  private standard(L: LuaState, mode: 'r' | 'w'): number {
    let file = mode === 'r' ? this.input : this.output;
    if (lua.lua_type(L, 1) === lua.LUA_TSTRING) {
      const path = readableOf(lua.lua_tolstring(L, 1));
      try {
        file = new HostObject(this.fileClass, new DiskFile(path, mode));
      } catch (error) {
        return raise(L, fileErrorText(error, path));
      }
    } else if (lua.lua_type(L, 1) > lua.LUA_TNIL) file = this.check(L);
    if (mode === 'r') this.input = file;
    else this.output = file;
    this.objects.push(L, file);
    return 1;
  }
}

/** Runs `body`; errors of the file system become `nil, text, number`. */
function guarded(L: LuaState, name: string, body: () => number): number {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return pushFileError(L, error, name);
  }
}

function pushFileError(L: LuaState, error: unknown, name: string): number {
  lua.lua_pushnil(L);
  pushMessage(L, fileErrorText(error, name));
  lua.lua_pushnumber(L, Math.abs((error as { errno?: number }).errno ?? 0));
  return 3;
}

const TEXTS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EEXIST: 'File exists',
  EROFS: 'Read-only file system',
};

function fileErrorText(error: unknown, name: string): string {
  const { code = '', message } = error as { code?: string; message: string };
  return `${name}: ${TEXTS[code] ?? message}`;
}
