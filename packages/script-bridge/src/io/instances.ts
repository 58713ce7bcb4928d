import type { PlannedInstance, PlannedService } from '../service-spec.js';

/** Whose turn it is among the instances of one service (`lapps.md 4.1`): round robin over those whose worker is there. */
export class Instances {
  private readonly instances: readonly PlannedInstance[];
  private readonly isLost: (worker: number) => boolean;
  private turn = 0;

  constructor({ instances }: PlannedService, isLost: (worker: number) => boolean) {
    this.instances = instances;
    this.isLost = isLost;
  }

  /** The next one; when no worker is there, what is sent to it waits for the worker's successor. */
  next(): PlannedInstance {
    const { instances } = this;
    for (let tries = 0; tries < instances.length; tries++) {
      const instance = instances[this.turn++ % instances.length] as PlannedInstance;
      if (!this.isLost(instance.worker)) return instance;
    }
    return instances[this.turn++ % instances.length] as PlannedInstance;
  }
}
