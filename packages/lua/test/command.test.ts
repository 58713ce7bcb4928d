/** The command without a process around it: exit codes, what goes to stderr, `arg`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Output } from '../src/cli/output.js';
import { runCommand } from '../src/cli/run.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'offload-lua-'));
  writeFileSync(join(folder, 'args.lua'), 'print(#arg, arg[0]:match("[^/]+$"), arg[1], ...)');
  writeFileSync(join(folder, 'fail.lua'), 'local function f()\n  error("broken")\nend\nf()\n');
  writeFileSync(join(folder, 'syntax.lua'), 'x = = 1');
});
afterAll(() => rmSync(folder, { recursive: true }));

function command(...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const output = {
    write: (text: string) => {
      stdout += text;
    },
    flush: () => {},
  } as unknown as Output;
  const code = runCommand(argv, output, (text) => {
    stderr += text;
  });
  return { code, stdout, stderr };
}

describe('offload-lua', () => {
  it('offload-lua runs -e and ends with 0', () => {
    expect(command('-e', 'print(1 + 1)')).toEqual({ code: 0, stdout: '2\n', stderr: '' });
  });

  it('offload-lua takes the options of the JIT, and -E for no LUA_PATH', () => {
    vi.stubEnv('LUA_PATH', '/nowhere/?.lua');
    expect(command('-O3', '-joff', '-j', 'on', '-e', 'print(package.path)').stdout).toBe('/nowhere/?.lua\n');
    expect(command('-E', '-e', 'print(package.path)').stdout).not.toContain('nowhere');
    vi.unstubAllEnvs();
  });

  it('offload-lua has its own arguments in front of the script, also where there is none', () => {
    expect(command('-e', 'print(#arg, arg[0], arg[-2], arg[-3])').stdout).toBe('0\tnil\t-e\toffload-lua\n');
  });

  it('offload-lua gives a script its arguments', () => {
    expect(command(join(folder, 'args.lua'), 'one', 'two')).toEqual({
      code: 0,
      stdout: '2\targs.lua\tone\tone\ttwo\n',
      stderr: '',
    });
  });

  it('offload-lua ends with 1 and a traceback when a script fails', () => {
    const { code, stderr } = command(join(folder, 'fail.lua'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^offload-lua: .*fail\.lua:2: broken\nstack traceback:\n/);
    expect(stderr).toMatch(/fail\.lua:2: in function 'f'\n/);
  });

  it.each([
    ['a syntax error', () => [join(folder, 'syntax.lua')], /syntax\.lua:1: unexpected symbol near '='/],
    [
      'a missing file',
      () => [join(folder, 'none.lua')],
      /^offload-lua: cannot open .*none\.lua: No such file or directory/,
    ],
    ['a missing module', () => ['-l', 'no.such.module'], /module 'no\.such\.module' not found/],
    ['an error that is a table', () => ['-e', 'error({})'], /^offload-lua: \(error object is not a string\)\n$/],
    ['an error that is nil', () => ['-e', 'error()'], /^$/],
    ['an option without its argument', () => ['-j'], /^usage: offload-lua/],
    ['an unknown option', () => ['-z'], /^usage: offload-lua/],
  ])('offload-lua ends with 1 for %s', (_what, argv, message) => {
    const { code, stderr } = command(...argv());
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});
