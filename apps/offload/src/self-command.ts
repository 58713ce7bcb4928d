import { existsSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';

/**
 * How the user starts this program from where they are: `offload` when it is in the PATH, `npx offload` in a folder that has
 * it installed, else `node PATH`.
 *
 * @param main path of the program's start file.
 */
export function selfCommand(env: Readonly<Record<string, string | undefined>>, cwd: string, main: string): string {
  if (findInPath('offload', env)) return 'offload';
  if (existsSync(join(cwd, 'node_modules', '.bin', 'offload'))) return 'npx offload';
  return `node ${shellQuoted(relative(cwd, main))}`;
}

/** Whether a program of this name is in the PATH. Folders of npm do not count: they are there for scripts only. */
export function findInPath(name: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return (env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && !folder.includes('node_modules') && existsSync(join(folder, name)));
}

/** A path as a word of a shell command. */
export function shellQuoted(path: string): string {
  return /^[\w./@%+,:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
