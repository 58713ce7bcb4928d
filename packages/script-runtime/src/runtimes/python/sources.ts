import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EngineOptions } from '../../runtime.js';

/** Folder of the package's Python files; seen from `src` and from `dist` alike. */
export const PYTHON_FOLDER = fileURLToPath(new URL('../../../python/', import.meta.url));

/** The files of the package `offload_runtime`, name to source. */
export function readRuntimePackage(): Map<string, string> {
  const folder = `${PYTHON_FOLDER}offload_runtime/`;
  const names = readdirSync(folder).filter((name) => name.endsWith('.py'));
  return new Map(names.map((name) => [name, readFileSync(folder + name, 'utf8')]));
}

/** Folders `import` searches behind those of the scripts: what all languages share, and `settings.path`. */
export function searchPathOf({ searchPath = [], settings }: EngineOptions): readonly string[] {
  const own = settings?.path;
  return Array.isArray(own) ? [...searchPath, ...own.map(String)] : searchPath;
}

/** What a script is told at its deadline. */
export function deadlineText(timeoutMs: number): string {
  return `script timed out after ${timeoutMs} ms`;
}

/** How long a batch may run before its results so far are reported, in seconds: a small part of one call's time. */
export function patienceOf(timeoutMs: number): number {
  return Math.min(timeoutMs / 20, 50) / 1000;
}
