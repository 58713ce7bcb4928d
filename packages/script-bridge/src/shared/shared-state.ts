import { BroadcastIds } from './broadcast-ids.js';
import { OpenConnections } from './open-connections.js';
import { StopFlag } from './stop-flag.js';

/** The memory of {@link SharedState}, as it is posted to a thread. */
export interface SharedMemory {
  readonly connections: SharedArrayBuffer;
  readonly broadcasts: SharedArrayBuffer;
  readonly stop: SharedArrayBuffer;
}

/** What every thread knows without asking another: modules answer scripts from it at once. */
export interface SharedState {
  readonly connections: OpenConnections;
  readonly broadcasts: BroadcastIds;
  readonly stop: StopFlag;
}

/** Made by the IO thread; both counts are upper bounds. */
export function createSharedMemory(maxConnections: number, maxBroadcasts: number): SharedMemory {
  return {
    connections: OpenConnections.create(maxConnections).memory,
    broadcasts: BroadcastIds.create(maxBroadcasts).memory,
    stop: StopFlag.create().memory,
  };
}

export function openSharedState(memory: SharedMemory): SharedState {
  return {
    connections: new OpenConnections(memory.connections),
    broadcasts: new BroadcastIds(memory.broadcasts),
    stop: new StopFlag(memory.stop),
  };
}
