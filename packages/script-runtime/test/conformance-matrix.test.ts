import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ENGINES } from './conformance/engines.js';
import { GROUPS } from './conformance/groups.js';
import type { Differences, Suite } from './conformance/suite.js';

/** A row per test of the suite: what it is about, its name, and how each engine does. */
function matrix(): string[][] {
  const engines: [string, Differences][] = Object.entries(ENGINES);
  const rows: string[][] = [];
  for (const [group, tests] of Object.entries(GROUPS)) {
    const collect = (name: string): void => {
      rows.push([group, name, ...engines.map(([, { skip }]) => skip?.[name] ?? 'yes')]);
    };
    tests({ test: collect, folder: '', differences: {} } as unknown as Suite);
  }
  return [['', 'test', ...engines.map(([name]) => `\`${name}\``)], ...rows];
}

it('README.md shows the matrix of what the suite runs on each engine', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const section = /^### Conformance$([\s\S]*?)^##/m.exec(readme)?.[1] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|') && !/^[|\s-]*$/.test(line));
  const shown = lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  const expected = matrix();
  const asText = expected.map((row) => `| ${row.join(' | ')} |`).join('\n');
  expect(shown, `README.md must show\n${asText}`).toEqual(expected);
});
