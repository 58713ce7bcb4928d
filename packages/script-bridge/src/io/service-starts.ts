import type { PlannedService } from '../service-spec.js';

/** Which services have started, so that those that depend on them can wait, in whatever thread each of them lives. */
export class ServiceStarts {
  /** Instances that have not started yet. */
  private readonly missing = new Map<string, Set<number>>();
  private waiting: { readonly services: readonly string[]; readonly resolve: () => void }[] = [];

  constructor(services: readonly PlannedService[]) {
    for (const { spec, instances } of services) {
      this.missing.set(spec.name, new Set(instances.map(({ index }) => index)));
    }
  }

  /** Resolves when all instances of the services have started once. */
  await(services: readonly string[]): undefined | Promise<void> {
    if (this.areStarted(services)) return undefined;
    return new Promise((resolve) => this.waiting.push({ services, resolve }));
  }

  /** An instance has started, for the first time or again. */
  started(service: string, instance: number): void {
    this.missing.get(service)?.delete(instance);
    const ready = this.waiting.filter(({ services }) => this.areStarted(services));
    this.waiting = this.waiting.filter(({ services }) => !this.areStarted(services));
    for (const { resolve } of ready) resolve();
  }

  private areStarted(services: readonly string[]): boolean {
    return services.every((service) => (this.missing.get(service)?.size ?? 0) === 0);
  }
}
