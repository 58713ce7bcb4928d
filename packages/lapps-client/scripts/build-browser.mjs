// Builds dist/browser.js: the client, its codec and cbor-x in one ES module without imports, for <script type="module">.
// The inputs are few and ours: compiled modules with named imports and exports only. Each becomes a function that is called
// once and returns its exports, in the order of the imports; anything of another form stops the build.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const codec = dirname(fileURLToPath(import.meta.resolve('@offload/lapps-codec')));
const cborRoot = dirname(createRequire(resolve(codec, 'index.js')).resolve('cbor-x/package.json'));

const FROM = /^(import|export) (\{[^}]*\}|\*) from '([^']+)';\n/gm;
const DECLARED = /^export (?:const|let|class|function|async function) (\w+)/gm;

const parts = [];
const idOf = new Map([['cbor-x', 'cborX']]);

const locate = (specifier, from) => {
  if (specifier === 'cbor-x') return specifier;
  if (specifier === '@offload/lapps-codec') return resolve(codec, 'index.js');
  if (specifier.startsWith('.')) return resolve(dirname(from), specifier);
  throw new Error(`${from} imports ${specifier}: not for browsers`);
};

/** `{ a, b as c }` as a list of [theirs, ours]. */
const namesIn = (braces) =>
  braces
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim().split(' as '))
    .filter(([name]) => name !== '')
    .map(([theirs, ours = theirs]) => [theirs, ours]);

/** Adds a module and what it imports; returns the name of its exports. */
const add = (file) => {
  if (idOf.has(file)) return idOf.get(file);
  const source = readFileSync(file, 'utf8');
  const imports = [];
  const exported = [];
  for (const [, kind, what, specifier] of source.matchAll(FROM)) {
    const id = add(locate(specifier, file));
    if (what === '*') exported.push(`...${id}`);
    else if (kind === 'export') exported.push(...namesIn(what).map(([theirs, ours]) => `${ours}: ${id}.${theirs}`));
    else imports.push(`const { ${namesIn(what).map(([theirs, ours]) => `${theirs}: ${ours}`)} } = ${id};`);
  }
  exported.push(...[...source.matchAll(DECLARED)].map(([, name]) => name));
  const body = source
    .replace(FROM, '')
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replace(/^[ \t]*\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replace(/^export (?=const|let|class|function|async)/gm, '');
  if (/^(import|export)\b/m.test(body)) throw new Error(`${file}: an import or export of another form`);
  const id = `m${parts.length}`;
  idOf.set(file, id);
  parts.push(
    `const ${id} = (() => {\n${[...imports, body.trim()].join('\n')}\nreturn { ${exported.join(', ')} };\n})();`,
  );
  return id;
};

const client = add(resolve(root, 'dist/web.js'));
const codecId = add(resolve(codec, 'index.js'));
const { version } = JSON.parse(readFileSync(resolve(cborRoot, 'package.json'), 'utf8'));
const cbor = readFileSync(resolve(cborRoot, 'dist/index-no-eval.min.js'), 'utf8').replace(
  /^\/\/# sourceMappingURL=.*$/gm,
  '',
);

writeFileSync(
  resolve(root, 'dist/browser.js'),
  `// @offload/lapps-client for browsers, MIT. Contains cbor-x ${version}, MIT, Copyright (c) 2020 Kris Zyp.
const cborX = (() => {
const exports = {}, module = { exports };
${cbor.trim()}
return exports;
})();
${parts.join('\n')}
export const { connect, connectRaw, LappsClientError } = ${client};
export const { LappsCodecError, decodeCbor, encodeCbor, toPlain } = ${codecId};
`,
);
