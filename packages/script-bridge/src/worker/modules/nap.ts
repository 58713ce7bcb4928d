import {
  HostError,
  type HostFunction,
  type HostModule,
  HostObject,
  type HostObjectClass,
  type ScriptValue,
} from '@offload/script-runtime';
import { pythonPrelude } from '../python/preludes.js';
import { badArgument } from '../spoa-values.js';
import type { ModuleContext } from './context.js';
import { numberOf, selfOf, typeOf } from './values.js';

/**
 * `nap` (`lapps.md 3.8`): `n = nap:new()`, then `n:sleep(s)`, `n:usleep(us)`, `n:nsleep(ns)`, which return nothing. They
 * sleep the time they are asked for, and end early when the server stops.
 */
export function createNapModule(context: ModuleContext): HostModule {
  const sleeper = (name: string, msPerUnit: number): HostFunction =>
    makeSleeper(context, name, (...args) => {
      if (args.length !== 2) return `Usage: nap:${name}(duration)`;
      selfOf(cls, args[0], name);
      const number = numberOf(args[1]);
      if (number === undefined || Number.isNaN(number)) {
        throw badArgument(1, name, `number expected, got ${typeOf(args[1])}`);
      }
      return Math.max(0, number * msPerUnit);
    });
  const cls: HostObjectClass<null> = {
    name: 'nap',
    methods: { sleep: sleeper('sleep', 1e3), usleep: sleeper('usleep', 1e-3), nsleep: sleeper('nsleep', 1e-6) },
  };
  return {
    name: 'nap',
    style: 'colon',
    functions: { new: () => new HostObject(cls, null) },
    preludes: {
      get python() {
        return pythonPrelude('nap');
      },
    },
  };
}

/** @param duration how long, ms, or how to call it */
function makeSleeper(
  { stop, host, port }: ModuleContext,
  name: string,
  duration: (...args: readonly ScriptValue[]) => number | string,
): HostFunction {
  const sleep: HostFunction = (...args) => {
    const ms = duration(...args);
    return typeof ms === 'string' ? ms : stop.sleep(ms);
  };
  sleep.blocking = (...args) => {
    const ms = duration(...args);
    if (typeof ms === 'string') return ms;
    // What the script sent before it sleeps must not wait for its end.
    port.publish();
    if (!stop.block(ms, () => host.interrupted())) throw new HostError(`script timed out in '${name}'`);
    return undefined;
  };
  return sleep;
}
