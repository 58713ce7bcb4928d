import type { z } from 'zod';
import { closestName } from './closest-name.js';
import { configSchema } from './config.js';
import { type LeafKind, parseText, setIn, textFault } from './config-text.js';
import type { ConfigFault } from './errors.js';

/** The part of the configuration that the environment says. */
export interface EnvironmentConfig {
  readonly raw: Record<string, unknown>;
  /** Variables whose text cannot be read; they are not in `raw`. */
  readonly faults: readonly ConfigFault[];
  /** Variables that begin with `OFFLOAD_` and mean nothing. */
  readonly unknown: readonly UnknownVariable[];
}

/** A variable that begins with `OFFLOAD_` and is no key. */
export interface UnknownVariable {
  readonly name: string;
  /** The variable it may be a mistyped form of. */
  readonly meant: string | undefined;
}

/** Variables with the prefix that are no keys: read by the command line itself. */
const RESERVED = new Set(['OFFLOAD_CONFIG']);

/** `spop.maxFrameBytes` as `OFFLOAD_SPOP_MAX_FRAME_BYTES`. */
export function environmentName(path: string): string {
  return `OFFLOAD_${path
    .replaceAll('.', '_')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()}`;
}

/** The variable that says a key, or the table or list it lies in: `ws.acl.policy` is part of `OFFLOAD_WS_ACL`. */
export function variableOf(path: string): string {
  const isIn = (table: string): boolean => path.startsWith(`${table}.`) || path.startsWith(`${table}[`);
  return environmentName(configLeaves().find((leaf) => isIn(leaf.path))?.path ?? path);
}

/**
 * Reads the variables `OFFLOAD_*`, one per key. Lists are separated by commas; an empty text is an empty list, and
 * says nothing of other keys.
 *
 * Unknown variables are reported and not refused: container platforms invent some (`OFFLOAD_SERVICE_HOST`).
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentConfig {
  const raw: Record<string, unknown> = {};
  const leaves = configLeaves();
  const known = new Set(RESERVED);
  const faults: ConfigFault[] = [];
  for (const { path, kind } of leaves) {
    const name = environmentName(path);
    known.add(name);
    const text = env[name];
    // Platforms that pass variables on pass empty ones for those that are not there.
    if (text === undefined || (text.trim() === '' && kind !== 'list')) continue;
    const message = textFault(text, kind);
    if (message === undefined) setIn(raw, path.split('.'), parseText(text, kind));
    else faults.push({ path, keys: path.split('.'), message, origin: name });
  }
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith('OFFLOAD_') && !known.has(name))
    .map((name) => ({ name, meant: closestName(name, [...known]) }));
  return { raw, faults, unknown };
}

/** A key that holds a value rather than other keys. */
export interface ConfigLeaf {
  readonly path: string;
  readonly kind: LeafKind;
  readonly description: string;
  readonly default: unknown;
}

/** Every key of the configuration, in order. Lists and their items count as one key. */
export function configLeaves(schema: z.ZodObject = configSchema, prefix = ''): ConfigLeaf[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const path = prefix + key;
    const inner = unwrap(field as z.ZodType);
    // A section that may be missing, and a table of any keys, are one key: as JSON in the environment.
    if (inner.type === 'object' && !inner.optional) return configLeaves(inner.schema as z.ZodObject, `${path}.`);
    return [{ path, kind: kindOf(inner), description: (field as z.ZodType).description ?? '', default: inner.default }];
  });
}

interface Unwrapped {
  readonly schema: z.ZodType;
  readonly type: string;
  readonly default: unknown;
  readonly optional: boolean;
}

function unwrap(schema: z.ZodType, fallback?: unknown, optional = false): Unwrapped {
  const { def } = schema as unknown as { def: { type: string; innerType?: z.ZodType; defaultValue?: unknown } };
  if (def.innerType === undefined) return { schema, type: def.type, default: fallback, optional };
  const next = def.type === 'default' ? def.defaultValue : fallback;
  return unwrap(def.innerType, next, optional || def.type === 'optional');
}

function kindOf({ schema, type }: Unwrapped): LeafKind {
  if (type === 'array') return 'list';
  if (type === 'boolean') return 'boolean';
  if (type === 'object' || type === 'record') return 'json';
  const options = (schema as unknown as { def: { options?: z.ZodType[] } }).def.options ?? [schema];
  const types = options.map((option) => unwrap(option).type);
  return types.includes('number') ? 'number' : types.includes('boolean') ? 'boolean' : 'text';
}
