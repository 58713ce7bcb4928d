import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeFolder } from '../src/runtimes/pyodide/make-folder.js';

describe('makeFolder()', () => {
  test('makeFolder() makes what is missing, for its owner only, and leaves what is there', () => {
    const above = mkdtempSync(join(tmpdir(), 'offload-folder-'));
    onTestFinished(() => rmSync(above, { recursive: true }));
    const folder = join(above, 'a', 'b');
    makeFolder(folder);
    makeFolder(folder);
    expect([statSync(join(above, 'a')).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o700, 0o700]);
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file', 'c'))).toThrow('ENOTDIR');
  });

  test.skipIf(!existsSync('/proc'))('makeFolder() throws where the system says that no folder can be made', () => {
    expect(() => makeFolder('/proc/x/y')).toThrow('ENOENT');
  });
});
