import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Where tests keep what makes Pyodide start fast: one folder for all of them, not the user's own. */
export const pythonCacheFolder = join(tmpdir(), `offload-tests-${userInfo().uid}`);
