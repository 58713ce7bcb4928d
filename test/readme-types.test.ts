import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readmeBlocks } from './support/readme-blocks.js';
import { repository } from './support/workspace.js';

const OPTIONS = { strict: true, module: 'nodenext', target: 'es2022', noEmit: true, types: ['node'] };

test('README examples of the libraries are programs without errors, as printed', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'offload-readme-'));
  try {
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, include: ['*.ts'] }));
    const programs: string[] = [];
    for (const { readme, line, text } of readmeBlocks('ts', 'js')) {
      if (!readme.startsWith('packages/')) continue;
      const name = `${readme.split('/')[1]}-${line}.ts`;
      // JavaScript says nothing of types: what is asked of it is that it names what it imports.
      const isJs = text.kind === 'js';
      writeFileSync(join(folder, name), isJs ? `// @ts-nocheck\n${text.body}` : text.body);
      expect(text.body, `${readme}:${line}`).toMatch(/^import /m);
      programs.push(name);
    }
    expect(programs.length).toBeGreaterThan(15);
    const tsc = join(repository, 'node_modules', '.bin', 'tsc');
    const { stdout, status } = spawnSync(tsc, ['-p', folder], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
