/** The `System` of a Node.js process: files, environment and standard streams. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileSystem, type System, SystemError, type SystemFile } from '../lib/system.js';

/** strerror for the errors that scripts meet; others show Node's own text. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'Permission denied'],
  ['EAGAIN', 'Resource temporarily unavailable'],
  ['EBADF', 'Bad file descriptor'],
  ['EBUSY', 'Device or resource busy'],
  ['EEXIST', 'File exists'],
  ['EINTR', 'Interrupted system call'],
  ['EINVAL', 'Invalid argument'],
  ['EISDIR', 'Is a directory'],
  ['ELOOP', 'Too many levels of symbolic links'],
  ['EMFILE', 'Too many open files'],
  ['ENAMETOOLONG', 'File name too long'],
  ['ENOENT', 'No such file or directory'],
  ['ENOSPC', 'No space left on device'],
  ['ENOTDIR', 'Not a directory'],
  ['ENOTEMPTY', 'Directory not empty'],
  ['ENXIO', 'No such device or address'],
  ['EPERM', 'Operation not permitted'],
  ['EPIPE', 'Broken pipe'],
  ['EROFS', 'Read-only file system'],
  ['ESPIPE', 'Illegal seek'],
  ['EXDEV', 'Invalid cross-device link'],
]);

const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(constants.errno));

function fail(code: string, text = code): SystemError {
  return new SystemError(MESSAGES.get(code) ?? text, NUMBERS.get(code) ?? 5);
}

/** Milliseconds between two tries on a descriptor that is not ready. */
const RETRY_MS = 5;

/** Runs a call of node:fs; its error becomes a {@link SystemError}. */
function run<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw fail(code, message);
  }
}

/** Byte string to the bytes of a path. */
function pathOf(name: string): Buffer {
  return Buffer.from(name.split('\0', 1)[0]!, 'latin1');
}

/** Whether to go on waiting. */
type Patience = () => boolean;

/** Calls until the descriptor is ready, or patience is over: pipes and terminals may be set not to block. */
function whenReady<T>(call: () => T, patience: Patience | undefined): T {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      if (patience?.() === false) throw fail('EINTR');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

function writeFully(fd: number, bytes: Buffer, position: number | null, patience: Patience | undefined): void {
  let done = 0;
  while (done < bytes.length) {
    const at = position === null ? null : position + done;
    done += whenReady(() => fs.writeSync(fd, bytes, done, bytes.length - done, at), patience);
  }
}

/** A file descriptor; a regular file keeps its position here, because Node has no seek. */
class NodeFile implements SystemFile {
  readonly readable: boolean;
  readonly writable: boolean;
  private readonly fd: number;
  private readonly append: boolean;
  private readonly seekable: boolean;
  private readonly patience: Patience | undefined;
  private position = 0;

  constructor(fd: number, mode: string, patience?: Patience) {
    const append = mode.startsWith('a');
    this.fd = fd;
    this.patience = patience;
    this.readable = mode.startsWith('r') || mode.includes('+');
    this.writable = mode !== 'r';
    this.append = append;
    this.seekable = fs.fstatSync(fd).isFile();
  }

  read(max: number): string {
    return run(() => {
      const buffer = Buffer.allocUnsafe(max);
      const count = this.readInto(buffer);
      this.position += count;
      return buffer.toString('latin1', 0, count);
    });
  }

  private readInto(buffer: Buffer): number {
    try {
      const at = this.seekable ? this.position : null;
      return whenReady(() => fs.readSync(this.fd, buffer, 0, buffer.length, at), this.patience);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EOF') return 0;
      throw error;
    }
  }

  write(bytes: string): void {
    run(() => {
      const buffer = Buffer.from(bytes, 'latin1');
      writeFully(this.fd, buffer, this.seekable && !this.append ? this.position : null, this.patience);
      this.position = this.append ? fs.fstatSync(this.fd).size : this.position + buffer.length;
    });
  }

  seek(whence: 'set' | 'cur' | 'end', offset: number): number {
    if (!this.seekable) throw fail('ESPIPE');
    const base = whence === 'set' ? 0 : whence === 'cur' ? this.position : fs.fstatSync(this.fd).size;
    if (base + offset < 0) throw fail('EINVAL');
    this.position = base + offset;
    return this.position;
  }

  close(): void {
    run(() => fs.closeSync(this.fd));
  }
}

const { O_APPEND, O_CREAT, O_NONBLOCK = 0, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;

const FLAGS: ReadonlyMap<string, number> = new Map([
  ['r', O_RDONLY],
  ['r+', O_RDWR],
  ['w', O_WRONLY | O_CREAT | O_TRUNC],
  ['w+', O_RDWR | O_CREAT | O_TRUNC],
  ['a', O_WRONLY | O_CREAT | O_APPEND],
  ['a+', O_RDWR | O_CREAT | O_APPEND],
]);

const fileSystem = (patience: Patience | undefined): FileSystem => ({
  open(path, mode) {
    const plain = mode.replace('b', '');
    return run(() => {
      // A pipe nobody else has open would hold the thread in the kernel, where nothing ends it.
      const flags = patience === undefined ? plain : FLAGS.get(plain)! | O_NONBLOCK;
      return new NodeFile(fs.openSync(pathOf(path), flags), plain, patience);
    });
  },
  remove(path) {
    run(() => {
      const name = pathOf(path);
      if (fs.lstatSync(name).isDirectory()) fs.rmdirSync(name);
      else fs.unlinkSync(name);
    });
  },
  rename(from, to) {
    run(() => fs.renameSync(pathOf(from), pathOf(to)));
  },
  temporary() {
    return run(() => {
      for (;;) {
        const name = join(tmpdir(), `lua_${Math.random().toString(36).slice(2, 8).padEnd(6, '0')}`);
        try {
          fs.closeSync(fs.openSync(name, 'wx', 0o600));
          return name;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
      }
    });
  },
});

/** What a Node.js state gives to scripts. Each part can be refused. */
export interface NodeSystemOptions {
  /** Files and file names (`io.open`, `os.remove`). Default true. */
  readonly files?: boolean;
  /** Shell commands (`os.execute`). Default false. */
  readonly execute?: boolean;
  /** Ending the process (`os.exit`). Default: refused. Called before the process ends. */
  readonly exit?: (code: number) => never;
  /** Environment for `os.getenv`. Default: none. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * Asked every few milliseconds while a pipe or a terminal that a script opened is not ready; false ends the call with
   * "Interrupted system call". With it, opening a pipe does not wait for its other end. Default: waits as C does.
   */
  readonly patience?: () => boolean;
  /** Standard input and error as files. Default true. */
  readonly streams?: boolean;
}

/** Runs a command in the shell with the standard streams of this process; the status as C's `system` gives it. */
function execute(command: string | undefined): number {
  if (command === undefined) return 1;
  const { status, signal } = spawnSync('/bin/sh', ['-c', command], { stdio: 'inherit' });
  if (signal !== null) return constants.signals[signal];
  return status === null ? -1 : status * 256;
}

/** Standard input and error, as far as they are open. */
function standardFiles(): { stdin?: SystemFile; stderr?: SystemFile } {
  const open = (fd: number): SystemFile | undefined => {
    try {
      // Written at the place the descriptor itself is at: others write there as well.
      return new NodeFile(fd, fd === 0 ? 'r' : 'a');
    } catch {
      return undefined;
    }
  };
  const stdin = open(0);
  const stderr = open(2);
  return { ...(stdin === undefined ? {} : { stdin }), ...(stderr === undefined ? {} : { stderr }) };
}

/** Creates the system of this process. */
export function createNodeSystem(options: NodeSystemOptions = {}): System {
  const environment = options.environment;
  return {
    clock() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    getenv: (name) => {
      const value = environment !== undefined && Object.hasOwn(environment, name) ? environment[name] : undefined;
      return value === undefined ? undefined : Buffer.from(value).toString('latin1');
    },
    ...(options.files === false ? {} : { files: fileSystem(options.patience) }),
    ...(options.streams === false ? {} : standardFiles()),
    ...(options.execute === true ? { execute } : {}),
    ...(options.exit === undefined ? {} : { exit: options.exit }),
  };
}
