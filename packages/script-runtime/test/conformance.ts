import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import type { ScriptRuntime } from '../src/runtime.js';
import { Bench, fixtureFolder } from './conformance/bench.js';
import { GROUPS } from './conformance/groups.js';
import type { Differences, Suite } from './conformance/suite.js';
import { PATIENT_MS } from './conformance/test-host.js';

/** Everything a {@link ScriptRuntime} promises, run against the fixtures of its language. */
export function conformance(runtime: ScriptRuntime, differences: Differences = {}): void {
  describe(`conformance of ${runtime.engine}`, () => {
    let bench: Bench;
    const folder = fixtureFolder(runtime.language);
    const extension = runtime.extensions[0] as string;
    const open = async (): Promise<Bench> => {
      const made = await Bench.create(runtime, differences.options ?? {});
      await made.engine.load(join(folder, `main${extension}`));
      return made;
    };
    beforeAll(async () => {
      bench = await open();
    });
    beforeEach(() => {
      bench.notes.length = 0;
      bench.host.logged.length = 0;
      bench.waits.clear();
      bench.host.timeoutMs = PATIENT_MS;
    });
    afterAll(() => bench.close());
    const suite: Suite = {
      get bench() {
        return bench;
      },
      differences,
      fresh: open,
      folder,
      extension,
      line: (name, file = 'main') => lineOf(join(folder, `${file}${extension}`), name),
      test: (name, body) => {
        const reason = differences.skip?.[name];
        if (reason === undefined) it(name, body);
        else it.skip(`${name} (${reason})`, body);
      },
    };
    for (const tests of Object.values(GROUPS)) tests(suite);
  });
}

function lineOf(path: string, mark: string): number {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .findIndex((text) => text.endsWith(` @${mark}`));
  if (line < 0) throw new Error(`No mark @${mark} in ${path}`);
  return line + 1;
}
