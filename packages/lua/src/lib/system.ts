/**
 * What the os and io libraries need from the surroundings. A state without a file system or environment (a browser)
 * leaves those members out; the functions that need them then raise a clear error.
 *
 * Bytes are strings of char codes 0..255.
 */

/** A failed system call: `message` as C's strerror words it, `errno` as Linux numbers it. */
export class SystemError extends Error {
  readonly errno: number;

  constructor(message: string, errno: number) {
    super(message);
    this.name = 'SystemError';
    this.errno = errno;
  }
}

/** An open file with a position of its own. Every method may throw a {@link SystemError}. */
export interface SystemFile {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Up to `max` bytes; empty at the end. */
  read(max: number): string;
  write(bytes: string): void;
  /** Moves the position and returns it, in bytes from the start. */
  seek(whence: 'set' | 'cur' | 'end', offset: number): number;
  close(): void;
}

export interface FileSystem {
  /** Opens a file; `mode` is checked: `r`, `w` or `a`, then perhaps `+` and `b`. */
  open(path: string, mode: string): SystemFile;
  remove(path: string): void;
  rename(from: string, to: string): void;
  /** Creates an empty file with a new name and returns the name. */
  temporary(): string;
}

export interface System {
  readonly stdin?: SystemFile;
  readonly stderr?: SystemFile;
  readonly files?: FileSystem;
  /** Seconds of processor time used. */
  clock(): number;
  getenv?(name: string): string | undefined;
  /** Ends the program. */
  exit?(code: number): never;
  /** Runs a shell command and returns its wait status; without a command tells whether there is a shell. */
  execute?(command: string | undefined): number;
}
