import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import yargs from 'yargs';
import { readmeBlocks } from '../../../test/support/readme-blocks.js';
import { repository } from '../../../test/support/workspace.js';
import { withManners } from '../src/cli.js';
import type { Command } from '../src/command.js';
import { call } from '../src/commands/call.js';
import { cert } from '../src/commands/cert.js';
import { check } from '../src/commands/check.js';
import { configSchemaCommand } from '../src/commands/config-schema.js';
import { notify } from '../src/commands/notify.js';
import { printConfig } from '../src/commands/print-config.js';
import { serve } from '../src/commands/serve.js';
import { validateConfig } from '../src/config.js';
import { runProgram } from './support/process.js';
import { temporaryFolder } from './support/temporary-folder.js';

const COMMANDS = [
  serve,
  check,
  notify,
  call,
  cert,
  printConfig,
  configSchemaCommand,
] as unknown as readonly Command<unknown>[];

/** Words of a line of a shell: quotes, no variables. What stands behind `#` is left out. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}

/** The command line of `offload` in a line of a README; undefined for other programs. */
function offloadArgs(words: readonly string[]): string[] | undefined {
  const [program, ...rest] = words[0] === 'npx' ? words.slice(1) : words;
  if (program === 'offload') return rest;
  if (program === 'npm' && rest[0] === 'start') return ['serve', '--spop', ...rest.slice(2)];
  return undefined;
}

/** Parses without running; throws what the user would read. */
async function parseOnly(args: readonly string[]): Promise<void> {
  const cli = yargs();
  for (const { command, builder } of COMMANDS) {
    cli.command({ command, describe: false, builder: (argv) => builder(argv), handler: () => {} });
  }
  await withManners(cli.demandCommand(1)).parseAsync([...args]);
}

const lines = readmeBlocks('sh').flatMap(({ readme, text }) =>
  text.body.split('\n').flatMap((line) => {
    const words = wordsOf(line);
    return words.length === 0 ? [] : [{ readme, words, line: words.join(' ') }];
  }),
);
const commandLines = lines.flatMap(({ words, ...at }) => {
  const args = offloadArgs(words);
  return args === undefined ? [] : [{ ...at, args }];
});

describe('commands in READMEs', () => {
  test('README: there are commands to look at', () => {
    expect(commandLines.length).toBeGreaterThan(20);
  });

  test.each(commandLines)('README: `$line` of $readme is a command line of this program', async ({ args }) => {
    await parseOnly(args);
  });

  test.each(lines)('README: the files in `$line` of $readme are there', ({ words }) => {
    const files = words.filter((word) => /^(examples|configs|apps|packages)\//.test(word));
    // Those that a build makes are there as sources.
    const sources = files.map((file) => file.replace(/\/dist\/(.*)\.js$/, '/src/$1.ts').replace(/\/dist$/, ''));
    expect(sources.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });
});

describe('configuration in READMEs', () => {
  test.each(readmeBlocks('yaml'))('README: the YAML at $readme:$line is a configuration', ({ text }) => {
    expect(() => validateConfig(parse(text.body))).not.toThrow();
  });
});

describe('scripts in READMEs', () => {
  const hasPython = ['/usr/bin/python3', '/usr/local/bin/python3'].some((path) => existsSync(path));
  const scripts = readmeBlocks('lua', 'python').filter(({ text }) => text.kind === 'lua' || hasPython);

  test.each(scripts)('README: the script at $readme:$line loads', async ({ text }) => {
    const [name, spec] = text.kind === 'lua' ? ['a.lua', 'a.lua'] : ['a.py', 'cpython:a.py'];
    const cwd = temporaryFolder({ [name]: text.body });
    expect(await runProgram('offload', ['check', '-f', spec], { cwd })).toMatchObject({ code: 0, stderr: '' });
  });
});
