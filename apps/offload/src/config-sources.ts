import { ineffectiveKeys } from './config/ineffective-keys.js';
import { missingFolders } from './config/missing-folders.js';
import { type Config, formatPath, validateConfig } from './config.js';
import { readEnvironment, variableOf } from './config-environment.js';
import { readConfigFile } from './config-file.js';
import { ConfigError, type ConfigFault } from './errors.js';

/** The places a configuration is put together from, strongest first. */
export interface ConfigSources {
  /** What the command line says, as a configuration. */
  readonly flags: Record<string, unknown>;
  /** Names a key's flag for messages. */
  readonly flagOf: (path: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of a config file; `OFFLOAD_CONFIG` names one where this is missing. */
  readonly file: string | undefined;
}

/** A configuration and what was odd about it. */
export interface LoadedConfig {
  readonly config: Config;
  readonly file: string | undefined;
  readonly warnings: readonly string[];
}

/**
 * Flags over environment over file over defaults, key by key; a list replaces the weaker list.
 *
 * @throws ConfigError with the faults of all sources together (flags alone when they are at fault); a fault is
 * reported even where a stronger source overrides it.
 */
export function loadConfig({
  flags,
  flagOf,
  env,
  file = env.OFFLOAD_CONFIG || undefined,
}: ConfigSources): LoadedConfig {
  const wrongFlags = faultsIn(flags, (fault) => flagOf(leafOf(fault)));
  if (wrongFlags.length > 0) throw new ConfigError(wrongFlags, 'OFFLOAD_ERR_USAGE');
  const environment = readEnvironment(env);
  const fromFile = file === undefined ? undefined : readConfigFile(file);
  const faults = [
    ...faultsIn(fromFile?.raw ?? {}, ({ keys }) => fromFile?.locate(keys) ?? ''),
    ...environment.faults,
    ...faultsIn(environment.raw, ({ path }) => variableOf(path)),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
  const merged = merge(merge((fromFile?.raw ?? {}) as Record<string, unknown>, environment.raw), flags);
  const config = validateConfig(merged);
  const origin = (keys: readonly string[]): string | undefined => {
    const path = formatPath(keys);
    if (isSaid(flags, keys)) return flagOf(path);
    return isSaid(environment.raw, keys) ? variableOf(path) : fromFile?.locate(keys);
  };
  const warnings = [
    ...environment.unknown.map(({ name, meant }) => {
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return `Environment variable ${name} means nothing to offload${hint}`;
    }),
    ...[...ineffectiveKeys(config), ...missingFolders(config)].map(
      ({ keys, why }) => `${origin(keys)}: ${formatPath(keys)}: ${why}`,
    ),
  ];
  return { config, file, warnings };
}

function isSaid(raw: unknown, keys: readonly string[]): boolean {
  const [key, ...rest] = keys;
  return key === undefined || (isSection(raw) && Object.hasOwn(raw, key) && isSaid(raw[key], rest));
}

function faultsIn(raw: unknown, originOf: (fault: ConfigFault) => string): ConfigFault[] {
  try {
    validateConfig(raw);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => ({ ...fault, origin: originOf(fault) }));
  }
}

function merge(weak: Record<string, unknown>, strong: Record<string, unknown>): Record<string, unknown> {
  const result = { ...weak };
  for (const [key, value] of Object.entries(strong)) {
    const below = result[key];
    result[key] = isSection(value) && isSection(below) ? merge(below, value) : value;
  }
  return result;
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `spop.listen[0]` as `spop.listen`: flags stand for whole lists. */
function leafOf({ path }: ConfigFault): string {
  return path.replace(/\[.*$/, '');
}
