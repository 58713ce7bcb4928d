import { fengari } from '@offload/script-runtime/fengari';
import type { RuntimeLoaders } from '../../src/index.js';

/** The engine services are tested with: `OFFLOAD_TEST_ENGINE`, one of these. */
export const LOADERS: RuntimeLoaders = { fengari: async () => fengari };

export const ENGINE = process.env.OFFLOAD_TEST_ENGINE ?? 'fengari';
