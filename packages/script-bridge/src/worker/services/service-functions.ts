import { ScriptFunction, ScriptTable, type ScriptValue } from '@offload/script-runtime';
import { BridgeError } from '../../errors.js';
import { typeOf } from '../modules/values.js';

/** The functions of a reactive service (`lapps.md 4.1`). */
export const REACTIVE = ['onStart', 'onMessage', 'onDisconnect', 'onShutdown'] as const;
/** The functions of a standalone service (`lapps.md 4.2`). */
export const STANDALONE = ['init', 'run'] as const;

/** `onStart` is `on_start` in Python, where the name of LAppS is understood, too. */
function nameIn(language: string, name: string): string {
  return language === 'python' ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name;
}

/**
 * Looks up what a service's module must have.
 * @throws BridgeError `BRIDGE_ERR_MODULE` naming what is missing
 */
export function serviceFunctions<N extends string>(
  service: string,
  module: ScriptValue,
  names: readonly N[],
  language = '',
): Readonly<Record<N, ScriptFunction>> {
  if (!(module instanceof ScriptTable || module instanceof Map)) {
    throw new BridgeError(
      'BRIDGE_ERR_MODULE',
      `Cannot start service '${service}': its script must return a table of functions, got ${typeOf(module)}`,
    );
  }
  const found: Partial<Record<N, ScriptFunction>> = {};
  const missing: string[] = [];
  for (const name of names) {
    const shown = nameIn(language, name);
    const fn = [shown, name]
      .map((key) => module.get(key) as ScriptValue)
      .find((value) => value instanceof ScriptFunction);
    if (fn !== undefined) found[name] = fn as ScriptFunction;
    else missing.push(shown);
  }
  if (missing.length > 0) {
    throw new BridgeError(
      'BRIDGE_ERR_MODULE',
      `Cannot start service '${service}': its module lacks ${missing.join(', ')}; needed: ${names.map((name) => nameIn(language, name)).join(', ')}`,
    );
  }
  return found as Record<N, ScriptFunction>;
}
