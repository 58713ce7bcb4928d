import { z } from 'zod';
import { issueText, unknownKeyText } from './config/issue-text.js';
import { logSchema } from './config/log.js';
import type { PathKeys } from './config/path-keys.js';
import { pythonPaths, pythonSchema } from './config/python.js';
import { luaSchema, scriptsPaths, scriptsSchema } from './config/scripts.js';
import { spopPaths, spopSchema } from './config/spop.js';
import { wsPaths, wsSchema } from './config/ws.js';
import { ConfigError, type ConfigFault } from './errors.js';

const WORKERS = { error: 'Expected "auto" or a whole number from 1 to 256' };

/**
 * The whole configuration. A new section is a file in `config/`, one line here, and its flags in `flags/`
 * (the compiler asks for them).
 */
export const configSchema = z.strictObject({
  workers: z
    .union([z.literal('auto'), z.int(WORKERS).min(1, WORKERS).max(256, WORKERS)], WORKERS)
    .default('auto')
    .describe('Worker threads. `auto`: one per CPU; one less where all scripts are compiled Lua or Pyodide.'),
  inline: z.boolean().default(false).describe('Run the scripts in the main thread instead of workers; for debugging.'),
  scriptTimeoutMs: z
    .int()
    .min(1)
    .max(3_600_000)
    .default(1000)
    .describe('Longest time a handler may take, in ms; then it is stopped and its NOTIFY acknowledged.'),
  loadTimeoutMs: z
    .int()
    .min(1)
    .max(3_600_000)
    .default(10_000)
    .describe('Longest uninterrupted stretch of script code while the scripts load, in ms.'),
  stopTimeoutMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(5000)
    .describe('Time for open work to end at a graceful stop, in ms.'),
  scripts: scriptsSchema,
  lua: luaSchema.prefault({}),
  python: pythonSchema.prefault({}),
  spop: spopSchema.prefault({}),
  ws: wsSchema.prefault({}),
  log: logSchema.prefault({}),
});

/** A configuration with every key set. */
export type Config = z.output<typeof configSchema>;

/** Keys that hold paths; in a config file relative ones count from its folder. */
export const CONFIG_PATHS: PathKeys = { ...scriptsPaths, ...pythonPaths, ...spopPaths, ...wsPaths };

/**
 * Checks a configuration and fills in defaults.
 *
 * @throws ConfigError with every fault and its path; unknown keys are faults.
 */
export function validateConfig(raw: unknown): Config {
  const result = configSchema.safeParse(raw);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, raw));
  // A number may be both too big and no whole one: one fault says what would be right.
  const isFirst = (fault: ConfigFault, i: number): boolean =>
    faults.findIndex(({ path, message }) => path === fault.path && message === fault.message) === i;
  throw new ConfigError(faults.filter(isFirst));
}

/** The configuration with nothing said, frozen in depth. */
export const DEFAULT_CONFIG: Config = deepFreeze(validateConfig({}));

/** JSON Schema (2020-12) of what a config file may say, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: 'Offload configuration', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}

function faultsOf(issue: z.core.$ZodIssue, raw: unknown): ConfigFault[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: formatPath(issue.path), keys: issue.path, message: issueText(issue, configSchema, raw) }];
  }
  return issue.keys.map((key) => {
    const keys = [...issue.path, key];
    return { path: formatPath(keys), keys, message: unknownKeyText(key, configSchema, issue.path) };
  });
}

/** `['spop', 'listen', 0]` as `spop.listen[0]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
