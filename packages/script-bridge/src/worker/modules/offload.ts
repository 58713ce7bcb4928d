import type { HostModule } from '@offload/script-runtime';
import type { ModuleContext } from './context.js';
import { murmur64 } from './murmur.js';

/** The globals of `lapps.md 4.2`: in Lua they stand alone, elsewhere in the module. */
const LUA_GLOBALS = `local offload = ...
must_stop = offload.must_stop
instance_id = offload.instance_id
`;

/** `must_stop()` and `instance_id`, a string of decimal digits that tells the instances of a service apart. */
export function createOffloadModule({ port, stop, identity }: ModuleContext): HostModule {
  return {
    name: 'offload',
    functions: {
      must_stop: () => {
        // Who asks this loops for long: what it sent must not wait for the end of the loop.
        port.publish();
        return stop.raised;
      },
    },
    constants: {
      instance_id: String(murmur64(`${identity.name}#${identity.index}`)),
      service: identity.name,
      instance: identity.index,
      // Plain scripts and SPOE handlers have no instance: which thread of the pool they are in tells them apart.
      worker: port.worker,
    },
    preludes: { lua: { name: 'offload.lua', source: LUA_GLOBALS } },
  };
}
