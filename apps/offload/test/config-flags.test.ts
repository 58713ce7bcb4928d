import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../src/config.js';
import { configLeaves, environmentName } from '../src/config-environment.js';
import { CONFIG_FLAGS } from '../src/config-flags.js';
import type { Flag } from '../src/flags/flag.js';

const leaves = configLeaves();

describe('CONFIG_FLAGS', () => {
  test('CONFIG_FLAGS has an entry for every key of the configuration, of the right kind', () => {
    const flags: Record<string, Flag | null> = CONFIG_FLAGS;
    expect(Object.keys(flags).sort()).toEqual(leaves.map(({ path }) => path).sort());
    for (const { path, kind } of leaves) expect(flags[path]?.kind ?? kind, path).toBe(kind);
  });

  test('CONFIG_FLAGS shows the defaults that are in force', () => {
    for (const { path, default: fallback } of leaves) {
      const shown = (CONFIG_FLAGS as Record<string, Flag | null>)[path]?.default;
      if (shown !== undefined)
        expect(shown, path).toBe(Array.isArray(fallback) ? fallback.join(',') : String(fallback));
    }
  });

  test('CONFIG_FLAGS uses no name twice', () => {
    const names = Object.values(CONFIG_FLAGS).flatMap((flag) =>
      flag === null ? [] : [flag.name, flag.alias ?? []].flat(),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('configLeaves()', () => {
  test('configLeaves() finds the default of every key', () => {
    for (const { path, default: fallback } of leaves) {
      const value = path
        .split('.')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], DEFAULT_CONFIG);
      expect(fallback, path).toEqual(value);
    }
  });
});

describe('environmentName()', () => {
  test('environmentName() writes a path in capitals', () => {
    expect(environmentName('spop.limits.maxInFlightPerConnection')).toBe(
      'OFFLOAD_SPOP_LIMITS_MAX_IN_FLIGHT_PER_CONNECTION',
    );
  });

  test('environmentName() gives every key a name of its own', () => {
    expect(new Set(leaves.map(({ path }) => environmentName(path))).size).toBe(leaves.length);
  });
});
