/** The io library over a `System`. */
import { argError, luaError } from '../raise.js';
import { HOST_PREFIX } from '../stack.js';
import { LuaTable } from '../table.js';
import { type LuaUserdata, type LuaValue, NONE } from '../value.js';
import { checkAny, checkNumber, checkString } from './args.js';
import type { LibHost, Library } from './host.js';
import { attempt, checkFile, failure, fileOf, readFormats, wrapFile, writeValues } from './io-files.js';
import { LuaFile } from './lua-file.js';
import { type FileSystem, type System, SystemError, type SystemFile } from './system.js';

/** The library and what ends it. */
export interface IoLibrary {
  readonly library: Library;
  /** Methods of files, by name (they stand in the metatable of files), for the engine to know their names. */
  readonly methods: Library;
  /** Writes out and closes every file that scripts left open. */
  close(): void;
}

/** A standard file that is not there: reading is at the end, writing vanishes. */
const ABSENT: SystemFile = { readable: true, writable: true, read: () => '', write() {}, seek: () => 0, close() {} };

/** The name by which the engine knows the iterator of lines as a library function. */
const ITERATOR = `${HOST_PREFIX}lines_iterator`;

function checkMode(mode: string): void {
  if (!/^[rwa](?:\+?b?|b\+)$/.test(mode)) throw new SystemError('Invalid argument', 22);
}

/** Default input and output and the files in use of one state. */
class Files {
  readonly meta = new LuaTable();
  readonly open = new Set<LuaFile>();
  readonly stdin: LuaUserdata;
  readonly stdout: LuaUserdata;
  readonly stderr: LuaUserdata;
  input: LuaUserdata;
  output: LuaUserdata;
  private readonly system: System;
  private readonly burn: (n: number) => void;

  constructor(host: LibHost, system: System) {
    this.system = system;
    this.burn = (n) => host.burn(n);
    const out: SystemFile = { ...ABSENT, write: (bytes) => host.write(bytes) };
    this.stdin = wrapFile(new LuaFile(system.stdin ?? ABSENT, true), this.meta);
    this.stdout = wrapFile(new LuaFile(out, true), this.meta);
    this.stderr = wrapFile(new LuaFile(system.stderr ?? ABSENT, true), this.meta);
    this.input = this.stdin;
    this.output = this.stdout;
  }

  private get files(): FileSystem {
    const { files } = this.system;
    if (files === undefined) throw luaError('files are not available here');
    return files;
  }

  openFile(path: string, mode: string): LuaUserdata {
    const { files } = this;
    checkMode(mode);
    const file = new LuaFile(files.open(path, mode), false, this.burn);
    this.open.add(file);
    return wrapFile(file, this.meta);
  }

  temporary(): LuaUserdata {
    const path = this.files.temporary();
    const file = this.openFile(path, 'w+');
    this.files.remove(path);
    return file;
  }

  closeFile(file: LuaFile): LuaValue {
    if (file.standard) return [undefined, 'cannot close standard file'];
    this.open.delete(file);
    return attempt(() => {
      file.close();
      return true;
    });
  }

  /** `io.input` and `io.output`: opens a path, takes a file, or tells the present one. */
  redirect(which: 'input' | 'output', v: LuaValue, argc: number): LuaValue {
    if (v === undefined) return this[which];
    if (typeof v === 'string' || typeof v === 'number') {
      this[which] = this.openOrRaise(checkString(v, 1, argc), which === 'input' ? 'r' : 'w');
    } else {
      checkFile(v, 1, argc);
      this[which] = v;
    }
    return this[which];
  }

  openOrRaise(path: string, mode: string): LuaUserdata {
    try {
      return this.openFile(path, mode);
    } catch (error) {
      const [, message] = failure(error, path) as [undefined, string];
      throw argError(1, message);
    }
  }

  /** A default file, which must be open. */
  current(which: 'input' | 'output'): LuaFile {
    const file = fileOf(this[which]);
    if (file === undefined || file.closed) throw luaError('standard file is closed');
    return file;
  }

  /** The iterator of `lines`; `closing` closes the file at its end. */
  lines(file: LuaFile, formats: readonly LuaValue[], closing: boolean): LuaValue {
    const holder = {
      [ITERATOR]: (): LuaValue => {
        if (file.closed) throw luaError('attempt to use a closed file');
        const result = formats.length === 0 ? attempt(() => file.readLine(false)) : readFormats(file, formats, 2);
        const first = result instanceof Array ? result[0] : result;
        if (first === undefined) {
          if (result instanceof Array && typeof result[1] === 'string' && formats.length === 0)
            throw luaError(result[1]);
          if (closing) this.closeFile(file);
        }
        return result;
      },
    };
    return holder[ITERATOR];
  }
}

function fileMethods(files: Files): Library {
  return {
    close(f: LuaValue): LuaValue {
      return files.closeFile(checkFile(f, 1, arguments.length));
    },
    flush(f: LuaValue): LuaValue {
      const file = checkFile(f, 1, arguments.length);
      return attempt(() => {
        file.flush();
        return true;
      });
    },
    lines(f: LuaValue, ...formats: LuaValue[]): LuaValue {
      return files.lines(checkFile(f, 1, formats.length + 1), formats, false);
    },
    read(f: LuaValue, ...formats: LuaValue[]): LuaValue {
      return readFormats(checkFile(f, 1, arguments.length), formats, 2);
    },
    seek(f: LuaValue, whence: LuaValue, offset: LuaValue): LuaValue {
      const argc = arguments.length;
      const file = checkFile(f, 1, argc);
      const origin = whence === undefined ? 'cur' : checkString(whence, 2, argc);
      if (origin !== 'set' && origin !== 'cur' && origin !== 'end') {
        throw argError(2, `invalid option '${origin}'`);
      }
      const distance = offset === undefined ? 0 : Math.trunc(checkNumber(offset, 3, argc));
      return attempt(() => file.seek(origin, distance));
    },
    setvbuf(f: LuaValue, mode: LuaValue): LuaValue {
      const argc = arguments.length;
      const file = checkFile(f, 1, argc);
      const wanted = checkString(mode, 2, argc);
      if (wanted !== 'no' && wanted !== 'full' && wanted !== 'line') throw argError(2, `invalid option '${wanted}'`);
      file.setUnbuffered(wanted === 'no');
      return true;
    },
    write(f: LuaValue, ...values: LuaValue[]): LuaValue {
      return writeValues(checkFile(f, 1, arguments.length), values, 2);
    },
  };
}

function ioFunctions(files: Files): Library {
  return {
    close(f: LuaValue): LuaValue {
      return files.closeFile(f === undefined ? files.current('output') : checkFile(f, 1, arguments.length));
    },
    flush(): LuaValue {
      const file = files.current('output');
      return attempt(() => {
        file.flush();
        return true;
      });
    },
    input(v: LuaValue): LuaValue {
      return files.redirect('input', v, arguments.length);
    },
    lines(path: LuaValue, ...formats: LuaValue[]): LuaValue {
      if (path === undefined) return files.lines(files.current('input'), formats, false);
      const file = files.openOrRaise(checkString(path, 1, arguments.length), 'r');
      return files.lines(fileOf(file) as LuaFile, formats, true);
    },
    open(path: LuaValue, mode: LuaValue): LuaValue {
      const argc = arguments.length;
      const name = checkString(path, 1, argc);
      const how = mode === undefined ? 'r' : checkString(mode, 2, argc);
      return attempt(() => files.openFile(name, how), name);
    },
    output(v: LuaValue): LuaValue {
      return files.redirect('output', v, arguments.length);
    },
    popen(): LuaValue {
      throw luaError("'popen' not supported");
    },
    read(...formats: LuaValue[]): LuaValue {
      return readFormats(files.current('input'), formats, 1);
    },
    stderr: files.stderr,
    stdin: files.stdin,
    stdout: files.stdout,
    tmpfile(): LuaValue {
      return attempt(() => files.temporary());
    },
    type(v: LuaValue): LuaValue {
      const file = fileOf(checkAny(v, 1, arguments.length));
      if (file === undefined) return undefined;
      return file.closed ? 'closed file' : 'file';
    },
    write(...values: LuaValue[]): LuaValue {
      return writeValues(files.current('output'), values, 1);
    },
  };
}

export function openIo(host: LibHost, system: System): IoLibrary {
  const files = new Files(host, system);
  const methods = fileMethods(files);
  for (const [name, method] of Object.entries(methods)) files.meta.setStr(name, method);
  files.meta.setStr('__index', files.meta);
  files.meta.setStr('__tostring', (f: LuaValue) => {
    const file = fileOf(f);
    return file?.closed ? 'file (closed)' : `file (${host.address(f)})`;
  });
  files.meta.setStr('__gc', () => NONE);
  return {
    library: ioFunctions(files),
    methods,
    close() {
      for (const file of files.open) attempt(() => file.close());
      files.open.clear();
    },
  };
}
