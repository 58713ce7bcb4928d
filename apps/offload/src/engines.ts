import { extname } from 'node:path';

/** What the program knows of a script engine without loading it. */
export interface EngineEntry {
  readonly language: 'lua' | 'python';
  /** File extensions of the language, with the dot, lower case. */
  readonly extensions: readonly string[];
  /** Most handlers take no longer than reading their message, few wait in the system, and nearly all can be interrupted. */
  readonly isQuick: boolean;
}

/** Every engine a script can name; loading them is `runtimes.ts`. */
export const ENGINES = {
  lua: { language: 'lua', extensions: ['.lua', '.luac'], isQuick: true },
  fengari: { language: 'lua', extensions: ['.lua', '.luac'], isQuick: false },
  pyodide: { language: 'python', extensions: ['.py'], isQuick: true },
  cpython: { language: 'python', extensions: ['.py'], isQuick: false },
} as const satisfies Record<string, EngineEntry>;

export type EngineName = keyof typeof ENGINES;
export type Language = (typeof ENGINES)[EngineName]['language'];

export const ENGINE_NAMES = Object.keys(ENGINES) as EngineName[];

/** A script to load; `engine` only where the language's default engine is not wanted. */
export interface ScriptSpec {
  readonly file: string;
  readonly engine?: EngineName;
}

/** Whether an engine of this name exists. */
export function isEngineName(name: string): name is EngineName {
  return Object.hasOwn(ENGINES, name);
}

/**
 * Reads `FILE` or `ENGINE:FILE`. Only the name of an engine counts as a prefix, so that paths with colons stay
 * paths; `./fengari:x.lua` is always a path.
 */
export function parseScriptSpec(text: string): ScriptSpec {
  const colon = text.indexOf(':');
  const prefix = colon < 0 ? '' : text.slice(0, colon);
  return isEngineName(prefix) ? { file: text.slice(colon + 1), engine: prefix } : { file: text };
}

/** The language of a script by its engine or its extension; undefined when neither tells. */
export function languageOf(spec: ScriptSpec): Language | undefined {
  if (spec.engine !== undefined) return ENGINES[spec.engine].language;
  const extension = extname(spec.file).toLowerCase();
  return ENGINE_NAMES.map((name): EngineEntry => ENGINES[name]).find((engine) => engine.extensions.includes(extension))
    ?.language;
}

/** Extensions some engine takes, for messages. */
export function knownExtensions(): string[] {
  return [...new Set(ENGINE_NAMES.flatMap((name): readonly string[] => ENGINES[name].extensions))];
}
