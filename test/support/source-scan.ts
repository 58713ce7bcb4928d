/** Reads TypeScript sources with the parser that vitest brings, for the tests that check the code itself. */
import { parseAst } from 'vitest/node';

export interface ImportSite {
  readonly specifier: string;
  /** True when nothing of it remains at run time. */
  readonly typeOnly: boolean;
  /** 1-based. */
  readonly line: number;
}

export interface SourceScan {
  readonly imports: readonly ImportSite[];
  /** Property accesses on free names, such as `process.env` or `console.log`. */
  readonly members: readonly { readonly path: string; readonly line: number }[];
  /** String literals and plain property keys. */
  readonly words: readonly string[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child);
  }
}

const stringOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;

const nameOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Identifier' ? String(node.name) : undefined;

/** `import { type A, type B }` keeps nothing at run time either (verbatimModuleSyntax keeps the bare import: not ours). */
function isTypeOnly(node: Node): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType') return true;
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : [];
  return specifiers.length > 0 && specifiers.every((item) => item.importKind === 'type' || item.exportKind === 'type');
}

function importOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return stringOf(node.source);
    case 'CallExpression': {
      const callee = nameOf(node.callee);
      return callee === 'require' && Array.isArray(node.arguments) ? stringOf(node.arguments[0]) : undefined;
    }
    default:
      return undefined;
  }
}

function memberOf(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const object = nameOf(node.object);
  const property = node.computed ? stringOf(node.property) : nameOf(node.property);
  return object === undefined ? undefined : `${object}.${property ?? '*'}`;
}

function wordOf(node: Node): string | undefined {
  if (node.type === 'Property' && !node.computed) return nameOf(node.key) ?? stringOf(node.key);
  return stringOf(node);
}

/** Scans one TypeScript (or JavaScript) module; throws on a syntax error. */
export function scanSource(text: string): SourceScan {
  const imports: ImportSite[] = [];
  const members: { path: string; line: number }[] = [];
  const words: string[] = [];
  for (const node of walk(parseAst(text, { lang: 'ts' }) as unknown as Node)) {
    const specifier = importOf(node);
    const line = () => lineOf(text, node.start);
    if (specifier !== undefined) imports.push({ specifier, typeOnly: isTypeOnly(node), line: line() });
    const path = memberOf(node);
    if (path !== undefined) members.push({ path, line: line() });
    const word = wordOf(node);
    if (word !== undefined) words.push(word);
  }
  return { imports, members, words };
}
