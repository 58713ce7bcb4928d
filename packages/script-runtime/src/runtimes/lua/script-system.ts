import { luaError } from '@offload/lua';
import { createNodeSystem } from '@offload/lua/node';
import type { EngineHost, EngineOptions } from '../../runtime.js';

/** What scripts get of this process. What they do not get is refused in words that say why. */
export function scriptSystem(
  host: EngineHost,
  { environment = {} }: EngineOptions,
): ReturnType<typeof createNodeSystem> {
  return {
    ...createNodeSystem({ streams: false, environment, patience: () => !host.interrupted() }),
    exit: () => {
      throw luaError('os.exit is not available: a script cannot end the server');
    },
    execute: (command) => {
      // Asked whether there is a shell.
      if (command === undefined) return 0;
      throw luaError('os.execute is not available: a script cannot start programs');
    },
  };
}
