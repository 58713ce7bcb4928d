/**
 * Packs every public package as npm would publish it and looks at what a stranger gets: ES modules with types that
 * publint and are-the-types-wrong accept, a README, no tests; and, from the tarballs alone, every entry point loads.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { environmentFor, machineNode, npmCommand, preferredNode, root, toolScript } from './lib/machine.mjs';
import { run } from './lib/run.mjs';

const quiet = { quiet: true };

function publicPackages() {
  return ['packages', 'apps']
    .flatMap((area) => readdirSync(join(root, area)).map((name) => join(root, area, name)))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** Packs into `scratch`; resolves with the tarball's path and the list of files in it. */
async function pack({ folder, manifest }, scratch) {
  const [npm, ...first] = npmCommand();
  const args = [...first, 'pack', '--json', '--pack-destination', scratch, '--loglevel=error'];
  const { code, output } = await run(npm, args, { ...quiet, cwd: folder, env: environmentFor(machineNode()) });
  if (code !== 0) throw new Error(`npm pack ${manifest.name} failed:\n${output}`);
  const json = JSON.parse(output.slice(output.search(/^[[{]/m)));
  const [entry] = Array.isArray(json) ? json : Object.values(json);
  return { tarball: join(scratch, entry.filename), files: entry.files.map((file) => file.path) };
}

function checkContents(files) {
  const faults = [];
  const has = (pattern) => files.some((path) => pattern.test(path));
  if (!has(/^dist\/.*\.js$/)) faults.push('holds no JavaScript');
  if (!has(/^dist\/.*\.d\.ts$/)) faults.push('holds no types');
  if (!has(/^README\.md$/)) faults.push('holds no README.md');
  for (const path of files) {
    if (/(^|\/)test\/|\.test\.|\.tsbuildinfo$|\.turbo/.test(path)) faults.push(`holds ${path}`);
  }
  return faults;
}

async function checkWithTools(tarball) {
  const faults = [];
  const tools = [
    ['publint', ['publint/src/cli.js', 'run', tarball, '--strict']],
    ['attw', ['@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']],
  ];
  for (const [name, [script, ...args]] of tools) {
    const node = preferredNode();
    const { code, output } = await run(node.path, [toolScript(script), ...args], quiet);
    if (code !== 0) faults.push(`${name} says:\n${output}`);
  }
  return faults;
}

/** Unpacks all tarballs side by side, with links to the third-party packages, as an install would lay them out. */
async function install(packed, scratch) {
  const modules = join(scratch, 'node_modules');
  const link = (name, manifest, folder) => {
    // Where the workspace holds a version of its own, the one at the root is another package's.
    const own = join(folder, 'node_modules', name);
    const isOwn = existsSync(own);
    const path = isOwn ? join(modules, manifest.name, 'node_modules', name) : join(modules, name);
    if (existsSync(path)) return;
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(isOwn ? own : join(root, 'node_modules', name), path);
  };
  for (const { manifest, tarball } of packed) {
    const target = join(modules, manifest.name);
    const unpacked = mkdtempSync(join(scratch, 'unpacked-'));
    const { code, output } = await run('tar', ['-xzf', tarball, '-C', unpacked], quiet);
    if (code !== 0) throw new Error(`Cannot unpack ${tarball}: ${output}`);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(unpacked, 'package'), target, { recursive: true });
  }
  const names = new Set(packed.map(({ manifest }) => manifest.name));
  for (const { manifest, folder } of packed) {
    for (const name of Object.keys(manifest.dependencies ?? {})) if (!names.has(name)) link(name, manifest, folder);
  }
}

/** How a command says that it works, where that is not `--help`: these two keep the manners of their originals. */
const greetings = new Map([
  ['spoa', '-h'],
  ['offload-lua', '-v'],
]);

/** Every subpath of `exports` that is code, as an import specifier. */
function specifiers(manifest) {
  return Object.entries(manifest.exports)
    .filter(([path, target]) => !path.includes('*') && !JSON.stringify(target).endsWith('.json"'))
    .map(([path]) => manifest.name + path.slice(1));
}

async function checkImports({ manifest }, scratch) {
  const faults = [];
  const list = specifiers(manifest);
  const code = `for (const name of ${JSON.stringify(list)}) await import(name);`;
  for (const node of new Set([machineNode().path, preferredNode().path])) {
    const result = await run(node, ['--input-type=module', '-e', code], { ...quiet, cwd: scratch });
    if (result.code !== 0) faults.push(`importing ${list.join(', ')} with ${node} fails:\n${result.output}`);
  }
  const bins = Object.entries(manifest.bin ?? {}).map(([name, path]) => [
    name,
    join('node_modules', manifest.name, path),
  ]);
  for (const [name, path] of bins) {
    const flag = greetings.get(name) ?? '--help';
    const result = await run(machineNode().path, [path, flag], { ...quiet, cwd: scratch });
    if (result.code !== 0) faults.push(`${name} ${flag} ends with ${result.code}:\n${result.output}`);
  }
  return faults;
}

async function main() {
  const scratch = mkdtempSync(join(tmpdir(), 'offload-pack-'));
  let failed = 0;
  try {
    const packed = [];
    for (const pkg of publicPackages()) packed.push({ ...pkg, ...(await pack(pkg, scratch)) });
    await install(packed, scratch);
    for (const pkg of packed) {
      const faults = [
        ...checkContents(pkg.files),
        ...(await checkWithTools(pkg.tarball)),
        ...(await checkImports(pkg, scratch)),
      ];
      failed += faults.length === 0 ? 0 : 1;
      process.stdout.write(
        `${faults.length === 0 ? 'ok  ' : 'FAIL'} ${pkg.manifest.name}: ${pkg.files.length} files\n`,
      );
      for (const fault of faults) process.stdout.write(`     ${fault}\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
