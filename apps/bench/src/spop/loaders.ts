import type { RuntimeLoaders } from '@offload/script-bridge';

/** The engines the benchmarks know. */
export const runtimeLoaders: RuntimeLoaders = {
  plain: async () => (await import('@offload/script-runtime/plain')).plain,
  lua: async () => (await import('@offload/script-runtime/lua')).lua,
  fengari: async () => (await import('@offload/script-runtime/fengari')).fengari,
};

export const defaultEngines: Readonly<Record<string, string>> = { '.plain.mjs': 'plain', '.lua': 'lua' };
