import { ScriptFunction, ScriptTable, type ScriptValue } from '@offload/script-runtime';
import { BridgeError } from '../../errors.js';
import { typeOf } from '../modules/values.js';

/** The functions of a reactive service (`lapps.md 4.1`). */
export const REACTIVE = ['onStart', 'onMessage', 'onDisconnect', 'onShutdown'] as const;
/** The functions of a standalone service (`lapps.md 4.2`). */
export const STANDALONE = ['init', 'run'] as const;

/**
 * Looks up what a service's module must have.
 * @throws BridgeError `BRIDGE_ERR_MODULE` naming what is missing
 */
export function serviceFunctions<N extends string>(
  service: string,
  module: ScriptValue,
  names: readonly N[],
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
    const fn = module.get(name) as ScriptValue;
    if (fn instanceof ScriptFunction) found[name] = fn;
    else missing.push(name);
  }
  if (missing.length > 0) {
    throw new BridgeError(
      'BRIDGE_ERR_MODULE',
      `Cannot start service '${service}': its module lacks ${missing.join(', ')}; needed: ${names.join(', ')}`,
    );
  }
  return found as Record<N, ScriptFunction>;
}
