import type { HostModule } from '@offload/script-runtime';

/** `time.now()`: milliseconds since the epoch (`lapps.md 3.8`). */
export function createTimeModule(): HostModule {
  return { name: 'time', functions: { now: () => Date.now() } };
}
