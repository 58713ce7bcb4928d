import { describe, expect, test } from 'vitest';
import { spoa } from './support/run-cli.js';

describe('buildSpoaCli()', () => {
  test('buildSpoaCli() knows the flags of the C server, its defaults, and says where it listens', async () => {
    const { code, stdout, stderr } = await spoa(['-h']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of ['-h', '-d', '-p', '-n', '-f']) expect(stdout).toContain(flag);
    expect(stdout).toMatch(/-p .*\[default: 12345\]/);
    expect(stdout).toMatch(/-n .*\[default: 5\]/);
    expect(stdout).toContain('127.0.0.1');
  });

  test.each([
    [[], 'say -f FILE'],
    [['-f'], 'A value is missing after -f'],
    [['-f', 'a.lua', '-p', '0'], "Invalid port '0'"],
    [['-f', 'a.lua', '-p', 'http'], "Invalid port 'http'"],
    [['-f', 'a.lua', '-p', '65536'], '(-p)'],
    [['-f', 'a.lua', '-n', '0'], "Invalid number of workers '0'"],
    [['-f', 'a.lua', '-n', '1000'], 'workers (-n)'],
    [['-fhd.xyz'], 'No engine for "hd.xyz"'],
    [['-f', 'a.xyz'], 'known extensions are .lua'],
    [['-f', 'a.lua', '--spop'], 'Unknown argument: --spop'],
    [['a.lua'], 'Unknown argument: a.lua. Scripts are named with -f FILE'],
  ])('buildSpoaCli() answers %j with code 2 and a reason', async (args, reason) => {
    const { code, stdout, stderr } = await spoa(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^spoa: /);
    expect(stderr).toContain(reason);
  });
});
