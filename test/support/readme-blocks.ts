import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './workspace.js';

/** A fenced block of code in a Markdown file for users. */
export interface ReadmeBlock {
  /** Path of the file, from the root of the repository. */
  readonly readme: string;
  /** Line the code begins at, from 1. */
  readonly line: number;
  readonly text: { readonly kind: string; readonly body: string };
}

function markdownFiles(): string[] {
  const atTop = readdirSync(repository).filter((name) => name.endsWith('.md'));
  const folders = ['packages', 'apps', 'examples'].flatMap((floor) => [
    floor,
    ...readdirSync(join(repository, floor)).map((name) => `${floor}/${name}`),
  ]);
  const below = folders.map((folder) => `${folder}/README.md`).filter((file) => existsSync(join(repository, file)));
  return [...atTop, ...below];
}

/** The blocks of these kinds (`ts`, `sh`, ..) in every README and the Markdown files beside the first. */
export function readmeBlocks(...kinds: readonly string[]): ReadmeBlock[] {
  return markdownFiles().flatMap((readme) => {
    const markdown = readFileSync(join(repository, readme), 'utf8');
    return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(({ index, 1: kind = '', 2: body = '' }) => {
      if (!kinds.includes(kind)) return [];
      return [{ readme, line: markdown.slice(0, index).split('\n').length + 1, text: { kind, body } }];
    });
  });
}
