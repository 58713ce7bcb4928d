import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPyodide, type PyodideAPI, version } from 'pyodide';
import { makeFolder } from './make-folder.js';

/** Modules the engine or most scripts need; imported before the snapshot is taken. */
const IMPORTS =
  'import ast, asyncio, base64, collections, contextvars, dataclasses, datetime, enum, functools, hashlib, importlib, ' +
  'inspect, io, ipaddress, itertools, json, linecache, logging, marshal, pprint, random, re, signal, time, traceback, ' +
  'types, typing, urllib.parse, uuid, weakref';
/** A lock older than this is of a process that died. */
const LOCK_MS = 120_000;

/** Options Pyodide has and does not promise. */
type SnapshotOptions = Parameters<typeof loadPyodide>[0] & {
  readonly _makeSnapshot?: boolean;
  readonly _loadSnapshot?: Uint8Array;
};

export interface LoadedPyodide {
  readonly py: PyodideAPI;
  /** `snapshot`: restored from the cache; `cold`: started from nothing. */
  readonly start: 'snapshot' | 'cold';
}

export interface LoadPyodideOptions {
  /** Folder of this user's own for memory snapshots (30 MB each); none without it. */
  readonly cacheFolder?: string;
  /** Told what went wrong with a snapshot; the start goes on without it. */
  readonly warn: (message: string) => void;
}

/**
 * Starts Pyodide, from a snapshot of its memory where there is one: 0.3 s instead of 3. Any trouble with snapshots ends
 * in a cold start.
 */
export async function startPyodide({ cacheFolder, warn }: LoadPyodideOptions): Promise<LoadedPyodide> {
  if (cacheFolder === undefined) return cold();
  const path = join(cacheFolder, snapshotName());
  const snapshot = readSnapshot(path, warn);
  if (snapshot !== undefined) {
    try {
      const options: SnapshotOptions = { _loadSnapshot: snapshot };
      return { py: await loadPyodide(options), start: 'snapshot' };
    } catch (error) {
      warn(`Cannot start Pyodide from ${path}, it is removed: ${(error as Error).message}`);
      rmSync(path, { force: true });
    }
  }
  return makeSnapshot(cacheFolder, path, warn);
}

async function cold(): Promise<LoadedPyodide> {
  const py = await loadPyodide();
  py.runPython(IMPORTS);
  return { py, start: 'cold' };
}

/** A snapshot fits one build of Pyodide in one build of V8, with or without stack switching. */
function snapshotName(): string {
  const switching = 'Suspending' in (globalThis as unknown as { WebAssembly: object }).WebAssembly ? 'jspi' : 'plain';
  return `pyodide-${version}-node-${process.versions.node}-${process.platform}-${process.arch}-${switching}.snapshot`;
}

function readSnapshot(path: string, warn: (message: string) => void): Uint8Array | undefined {
  try {
    // Whoever can write it decides what every script runs on.
    const { mode, uid } = statSync(path);
    if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)) {
      warn(`Snapshot ${path} is not used: others can write it`);
      return undefined;
    }
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

async function makeSnapshot(folder: string, path: string, warn: (message: string) => void): Promise<LoadedPyodide> {
  const lock = `${path}.lock`;
  if (!takeLock(folder, lock, warn)) return cold();
  try {
    const options: SnapshotOptions = { _makeSnapshot: true };
    const py = await loadPyodide(options);
    py.runPython(IMPORTS);
    try {
      const part = `${path}.${process.pid}.part`;
      writeFileSync(part, py.makeMemorySnapshot(), { mode: 0o600 });
      renameSync(part, path);
    } catch (error) {
      warn(`Cannot write snapshot ${path}: ${(error as Error).message}`);
    }
    return { py, start: 'cold' };
  } finally {
    rmSync(lock, { force: true });
  }
}

/** One worker makes the snapshot, the others start without. */
function takeLock(folder: string, lock: string, warn: (message: string) => void): boolean {
  try {
    makeFolder(folder);
    try {
      if (Date.now() - statSync(lock).mtimeMs > LOCK_MS) rmSync(lock, { force: true });
    } catch {
      // No lock, as usual.
    }
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') warn(`Cannot keep snapshots in ${folder}: ${message}`);
    return false;
  }
}
