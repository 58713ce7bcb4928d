import { type Stats, statSync } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import type { PyodideAPI } from 'pyodide';
import { unfollowed } from './links.js';

/** Folders Python itself lives in; the host's folders of these names are not reachable. */
const RESERVED = ['/lib', '/dev', '/proc', '/home/pyodide'];

/** What Emscripten's file system for Node has and its types do not say. */
interface NodeFileSystem {
  getMode(path: string): number;
  getattr(stat: () => Stats, node: unknown): unknown;
  realPath(node: unknown): string;
  tryFSOperation<T>(run: () => T): T;
  readonly node_ops: { getattr(node: unknown): unknown };
}

/** Shows folders of the machine to Python under their own names, so that paths mean the same on both sides. */
export class Mounts {
  private readonly py: PyodideAPI;
  private readonly files: NodeFileSystem;
  private readonly mounted: string[] = [];

  constructor(py: PyodideAPI) {
    this.py = py;
    const files = (py.FS.filesystems as { NODEFS: NodeFileSystem }).NODEFS;
    this.files = files;
    // Links that lead out of what is mounted would lead nowhere.
    files.getMode = (path) => files.tryFSOperation(() => this.stat(path).mode);
    files.node_ops.getattr = (node) => files.getattr(() => this.stat(files.realPath(node)), node);
  }

  private stat(path: string): Stats {
    const { mounted } = this;
    if (mounted.includes(path)) return statSync(path);
    return unfollowed(path, (other) => mounted.some((root) => inside(other, root))) ?? statSync(path);
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
      this.mounted.push(path);
      this.py.FS.mkdirTree(path);
      // Not `mountNodeFS`, which refuses a folder in which another one is mounted.
      this.py.FS.mount(this.files, { root: path }, path);
    } catch (error) {
      this.mounted.splice(this.mounted.indexOf(path), 1);
      return `${path}: ${(error as Error).message}`;
    }
    return undefined;
  }
}

function inside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
