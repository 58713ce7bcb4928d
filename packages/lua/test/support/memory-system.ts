import { type FileSystem, type System, SystemError, type SystemFile } from '../../src/lib/system.js';

/** A file system in a map, for tests of what stands on a `System`. */
export class MemoryFiles implements FileSystem {
  readonly contents = new Map<string, string>();
  /** Files opened and not yet closed. */
  openFiles = 0;
  private made = 0;

  open(path: string, mode: string): SystemFile {
    const known = this.contents.get(path);
    if (known === undefined && mode.startsWith('r')) throw new SystemError('No such file or directory', 2);
    if (known === undefined || mode.startsWith('w')) this.contents.set(path, '');
    this.openFiles++;
    return this.file(path, mode);
  }

  remove(path: string): void {
    if (!this.contents.delete(path)) throw new SystemError('No such file or directory', 2);
  }

  rename(from: string, to: string): void {
    const text = this.contents.get(from);
    if (text === undefined) throw new SystemError('No such file or directory', 2);
    this.contents.delete(from);
    this.contents.set(to, text);
  }

  temporary(): string {
    const path = `made-${++this.made}`;
    this.contents.set(path, '');
    return path;
  }

  private file(path: string, mode: string): SystemFile {
    const { contents } = this;
    const text = (): string => contents.get(path) ?? '';
    let at = 0;
    return {
      readable: mode.startsWith('r') || mode.includes('+'),
      writable: mode !== 'r' && mode !== 'rb',
      read(max) {
        // Small pieces, so that buffering shows.
        const piece = text().slice(at, at + Math.min(max, 3));
        at += piece.length;
        return piece;
      },
      write(bytes) {
        if (mode.startsWith('a')) at = text().length;
        contents.set(path, text().slice(0, at) + bytes + text().slice(at + bytes.length));
        at += bytes.length;
      },
      seek(whence, offset) {
        at = offset + (whence === 'set' ? 0 : whence === 'cur' ? at : text().length);
        return at;
      },
      close: () => {
        this.openFiles--;
      },
    };
  }
}

export function memorySystem(files: MemoryFiles, more: Partial<System> = {}): System {
  return { files, clock: () => 1.5, ...more };
}
