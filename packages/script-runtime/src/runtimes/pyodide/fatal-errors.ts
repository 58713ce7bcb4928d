import { format } from 'node:util';
import type { PyodideAPI } from 'pyodide';

/** What Pyodide has and does not promise. */
interface InnerApi {
  fatal_error?: (error: unknown) => void;
}

/**
 * When the interpreter ends of a fault, Pyodide prints about it with `console.error`, past the streams it was given: this
 * tells `log` instead. A Pyodide without that function goes on printing.
 */
export function logFatalErrors(py: PyodideAPI, log: (text: string) => void): void {
  const inner = (py as unknown as { readonly _api?: InnerApi })._api;
  const fatalError = inner?.fatal_error;
  if (inner === undefined || typeof fatalError !== 'function') return;
  inner.fatal_error = (error) => {
    const said: string[] = [];
    const { console: shared } = globalThis;
    const print = shared.error;
    shared.error = (...parts: unknown[]) => void said.push(format(...parts));
    try {
      fatalError(error);
    } finally {
      shared.error = print;
      if (said.length > 0) log(said.join('\n'));
    }
  };
}
