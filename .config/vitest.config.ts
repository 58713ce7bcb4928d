import { defineConfig } from 'vitest/config';

type GroupBy = <K, T>(items: Iterable<T>, keyOf: (item: T) => K) => Map<K, T[]>;

/**
 * The reporter of vitest 5 needs Map.groupBy to show failures, and Node 20 does not have it. This file is not loaded
 * in the processes that run tests, so the product does not get it.
 */
const maps = Map as unknown as { groupBy?: GroupBy };
maps.groupBy ??= (items, keyOf) => {
  const groups: ReturnType<GroupBy> = new Map();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups as never;
};

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: [
      'packages/*/test/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
      'test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
    ],
    pool: 'forks',
    // On a machine that other work shares, processes miss deadlines no test is about. Retries are reported.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
