import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import type { PyodideAPI } from 'pyodide';

/** Folders Python itself lives in; the host's folders of these names are not reachable. */
const RESERVED = ['/lib', '/dev', '/proc', '/home/pyodide'];

/** Shows folders of the machine to Python under their own names, so that paths mean the same on both sides. */
export class Mounts {
  private readonly py: PyodideAPI;
  private readonly mounted: string[] = [];

  constructor(py: PyodideAPI) {
    this.py = py;
  }

  /**
   * Mounts a folder unless it is already to be seen.
   * @returns why it cannot be mounted, or undefined when all is well
   */
  add(folder: string): string | undefined {
    const path = isAbsolute(folder) ? folder : resolve(folder);
    if (this.mounted.some((root) => inside(path, root))) return undefined;
    const taken = RESERVED.find((own) => inside(path, own) || inside(own, path));
    if (taken !== undefined || path === '/') return `${path} is where Python's own files are in Pyodide`;
    try {
      if (!statSync(path).isDirectory()) return `${path} is no folder`;
      this.py.FS.mkdirTree(path);
      this.py.mountNodeFS(path, realpathSync(path));
    } catch (error) {
      return `${path}: ${(error as Error).message}`;
    }
    this.mounted.push(path);
    return undefined;
  }
}

function inside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
