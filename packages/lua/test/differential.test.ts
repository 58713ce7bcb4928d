/**
 * A small seeded slice of the comparison with LuaJIT; `differential/` has the commands for the whole of it. Needs the
 * built package and an installed luajit, and says so where one is missing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const installed = spawnSync('luajit', ['-v']).error === undefined;
const built = existsSync(new URL('../dist/cli/main.js', import.meta.url));
if (!installed) console.warn('luajit is not installed: the comparison with LuaJIT is skipped');
if (!built) console.warn('@offload/lua is not built: the comparison with LuaJIT is skipped');

function compare(program: string, ...args: string[]): string {
  const path = fileURLToPath(new URL(`../differential/${program}.mjs`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: 'latin1' });
  return `${stdout}${stderr}exit ${status}`;
}

describe.skipIf(!installed || !built)('offload-lua', () => {
  it('offload-lua prints what LuaJIT prints for the corpus', { timeout: 120_000 }, () => {
    expect(compare('corpus')).toMatch(/programs of the corpus: 0 lines differ\n[\s\S]*exit 0$/);
  });

  it('offload-lua prints what LuaJIT prints for random programs', { timeout: 120_000 }, () => {
    expect(compare('random-programs', '--count', '100', '--seed', '5')).toMatch(/seed 5: 0 differ\nexit 0$/);
  });

  it('offload-lua matches patterns as LuaJIT does', { timeout: 120_000 }, () => {
    expect(compare('random-patterns', '--count', '2000', '--seed', '5')).toMatch(/seed 5: 0 differ\nexit 0$/);
  });

  it('offload-lua formats as LuaJIT does', { timeout: 120_000 }, () => {
    expect(compare('random-formats', '--count', '2000', '--seed', '5')).toMatch(/seed 5: 0 differ\nexit 0$/);
  });
});
