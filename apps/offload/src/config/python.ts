import { z } from 'zod';
import { ENGINE_NAMES, ENGINES } from '../engines.js';
import type { PathKeys } from './path-keys.js';

/** Section `python`. */
export const pythonSchema = z.strictObject({
  engine: z
    .enum(ENGINE_NAMES.filter((name) => ENGINES[name].language === 'python'))
    .default('pyodide')
    .describe('Engine for Python scripts that name none: `pyodide` (built in) or `cpython` (of this machine).'),
  executable: z
    .string()
    .min(1)
    .default('python3')
    .describe('The Python that `cpython` starts, 3.9 or later: a path, or a name looked up in PATH.'),
  path: z
    .array(z.string().min(1))
    .default([])
    .describe("Folders `import` searches after the script's own; `pip install --target DIR` fills one."),
  cacheFolder: z
    .string()
    .default('auto')
    .describe(
      'Where `pyodide` keeps a memory image that makes it start fast; `auto`: the cache of the user; empty: no.',
    ),
});

export type PythonConfig = z.output<typeof pythonSchema>;

export const pythonPaths: PathKeys = {
  // A name without a slash is looked up.
  'python.executable': (text, under) => (text.includes('/') ? under(text) : text),
  'python.path': (text, under) => under(text),
  'python.cacheFolder': (text, under) => (text === 'auto' || text === '' ? text : under(text)),
};
