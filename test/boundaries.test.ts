import { describe, expect, test } from 'vitest';
import { findViolations, floors } from './support/boundaries.js';
import { type Manifest, readWorkspace, type WorkspacePackage } from './support/workspace.js';

const workspace = readWorkspace();

function sample(name: string, manifest: Omit<Manifest, 'name'>, sources: Record<string, string>): WorkspacePackage {
  const folder = name === 'offload' ? 'apps/offload' : `packages/${name.replace('@offload/', '')}`;
  const files = Object.entries(sources).map(([path, text]) => ({ path, text }));
  return { folder, manifest: { name, exports: { '.': './dist/index.js' }, ...manifest }, sources: files };
}

const codec = sample('@offload/spop-codec', {}, { 'src/index.ts': 'export const x = 1;' });
const needsCodec = { dependencies: { '@offload/spop-codec': '0.1.0' } };

describe('the repository', () => {
  test('boundaries hold: floors, exports, declared dependencies, no process.env or console in packages', () => {
    expect(findViolations(workspace)).toEqual([]);
  });

  test('every package of the plan exists, and was read', () => {
    expect(workspace.map((pkg) => pkg.manifest.name).sort()).toEqual([...floors.keys()].sort());
    for (const pkg of workspace) expect(pkg.sources.length, pkg.folder).toBeGreaterThan(0);
  });
});

describe('findViolations()', () => {
  test('accepts an import from a lower floor', () => {
    const agent = sample('@offload/spop-agent', needsCodec, {
      'src/index.ts': `import { x } from '@offload/spop-codec';\nimport './other.js';\nimport 'node:net';`,
      'src/other.ts': '// console.log and process.env in a comment, and in "console.log"\nexport {};',
    });
    expect(findViolations([codec, agent])).toEqual([]);
  });

  const table: [what: string, pkg: WorkspacePackage, violation: string][] = [
    [
      'an import from the same floor',
      sample(
        '@offload/lapps-codec',
        { dependencies: { '@offload/spop-codec': '0.1.0' } },
        { 'src/a.ts': `export * from '@offload/spop-codec';` },
      ),
      'packages/lapps-codec/src/a.ts:1 imports @offload/spop-codec, which is not on a lower floor',
    ],
    [
      'a type import from a higher floor',
      sample('@offload/broadcast-bus', {}, { 'src/a.ts': `\ntype T = import('@offload/script-bridge').T;` }),
      'packages/broadcast-bus/src/a.ts:2 imports @offload/script-bridge, which package.json does not declare',
    ],
    [
      'a deep import past exports',
      sample('@offload/spop-agent', needsCodec, { 'src/a.ts': `import '@offload/spop-codec/dist/frame.js';` }),
      'packages/spop-agent/src/a.ts:1 imports @offload/spop-codec/dist/frame.js, past the exports of @offload/spop-codec',
    ],
    [
      'a relative import out of the package',
      sample('@offload/spop-agent', needsCodec, { 'src/a.ts': `import '../../spop-codec/src/index.js';` }),
      'packages/spop-agent/src/a.ts:1 leaves its package with ../../spop-codec/src/index.js',
    ],
    [
      'a dynamic import of an undeclared package',
      sample('@offload/spop-agent', needsCodec, { 'src/a.ts': `export const load = () => import('yaml');` }),
      'packages/spop-agent/src/a.ts:1 imports yaml, which package.json does not declare',
    ],
    [
      'Node in a package for browsers',
      sample('@offload/lapps-codec', {}, { 'src/a.ts': `import { Buffer } from 'node:buffer';` }),
      'packages/lapps-codec/src/a.ts:1 runs in browsers and imports node:buffer',
    ],
    [
      'console in a package',
      sample('@offload/spop-agent', needsCodec, { 'src/a.ts': `console.error('x');` }),
      'packages/spop-agent/src/a.ts:1 uses console.error',
    ],
    [
      'the environment in a package',
      sample('@offload/spop-agent', needsCodec, { 'src/a.ts': `export const home = process['env'].HOME;` }),
      'packages/spop-agent/src/a.ts:1 uses process.env',
    ],
    [
      'a cycle of files',
      sample('@offload/spop-agent', needsCodec, {
        'src/a.ts': `import './b.js';`,
        'src/b.ts': `export * from './a.js';`,
      }),
      'packages/spop-agent: src/a.ts -> src/b.ts -> src/a.ts is a cycle',
    ],
    [
      'a package without a floor',
      sample('@offload/new', {}, {}),
      'packages/new stands on no floor: give @offload/new one',
    ],
    [
      'a dependency of a package that promises none',
      sample('@offload/lua', { dependencies: { yaml: '2.9.1' } }, {}),
      'packages/lua promises no dependencies and declares yaml',
    ],
  ];

  test.each(table)('reports %s', (_what, pkg, violation) => {
    expect(findViolations([codec, pkg])).toContain(violation);
  });

  test('lets the command of a package talk and read the environment', () => {
    const lua = sample(
      '@offload/lua',
      { bin: { 'offload-lua': './dist/bin.js' } },
      { 'src/bin.ts': 'console.log(process.env.X);' },
    );
    expect(findViolations([lua])).toEqual([]);
  });
});
