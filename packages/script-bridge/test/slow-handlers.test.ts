import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThreadPool } from '@offload/script-runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Bridge, connectDirectSpop, connectSpop, createBridge, type WorkerAppData } from '../src/index.js';
import { SpopEngine } from './support/spop-engine.js';

const ENTRY = new URL('./support/worker-entry.mjs', import.meta.url);

const SCRIPTS = {
  'a.lua': `
spoa.register_message("quick", function() spoa.set_var_int32("quick", spoa.scope.sess, 1) end)
spoa.register_message("slow", function() while true do end end)
`,
  'a.py': `
import spoa

@spoa.message("quick")
def quick(args):
    spoa.set_var_int32("quick", spoa.scope_sess, 1)

@spoa.message("slow")
def slow(args):
    while True:
        pass
`,
};

async function start(file: keyof typeof SCRIPTS): Promise<Bridge> {
  const folder = mkdtempSync(join(tmpdir(), 'offload-slow-'));
  writeFileSync(join(folder, file), SCRIPTS[file]);
  const data: WorkerAppData = {
    files: [{ path: join(folder, file) }],
    defaultEngines: { '.lua': 'lua', '.py': 'cpython' },
    environment: {},
  };
  const options = { workers: 1, entry: ENTRY, data, timeoutMs: 400, graceMs: 2000 };
  const bridge = createBridge(
    (handlers) => createThreadPool(options, handlers),
    () => {},
  );
  onTestFinished(async () => {
    await bridge.pool.stop(0);
    rmSync(folder, { recursive: true, force: true });
  });
  await bridge.pool.start();
  return bridge;
}

describe.each([
  ['connectSpop()', connectSpop],
  ['connectDirectSpop()', connectDirectSpop],
] as const)('%s and slow handlers', (_name, connect) => {
  it.each(['a.lua', 'a.py'] as const)(
    'does not keep back what handlers before them have answered: %s',
    async (file) => {
      const spop = connect(await start(file));
      onTestFinished(() => spop.stop({ graceMs: 100 }));
      const engine = await SpopEngine.open(await spop.listen({ port: 0 }));
      let over = 0;
      const slow = (): Promise<void> => engine.notify('slow').then(() => void over++);
      const [quick, ...others] = engine.together(() => [engine.notify('quick'), slow(), slow(), slow()] as const);
      expect(await quick).toHaveLength(1);
      // What came in the same read is over by then.
      await new Promise((resolve) => setImmediate(resolve));
      expect(over).toBeLessThan(others.length);
      await Promise.all(others);
    },
  );
});
