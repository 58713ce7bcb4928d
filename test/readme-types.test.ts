import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from './support/workspace.js';

/** Packages whose examples are whole programs. */
const PACKAGES = ['spop-codec', 'spop-agent'];
const OPTIONS = { strict: true, module: 'nodenext', target: 'es2022', noEmit: true, types: ['node'] };

test('README examples of the SPOP libraries are TypeScript without errors, as printed', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'offload-readme-'));
  try {
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, include: ['*.ts'] }));
    for (const name of PACKAGES) {
      const readme = readFileSync(join(repository, 'packages', name, 'README.md'), 'utf8');
      for (const [i, [, example = '']] of [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].entries()) {
        writeFileSync(join(folder, `${name}-${i + 1}.ts`), example);
      }
    }
    const tsc = join(repository, 'node_modules', '.bin', 'tsc');
    const { stdout, status } = spawnSync(tsc, ['-p', folder], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
