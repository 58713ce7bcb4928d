import type { LoginCall, ServiceCall } from '../calls.js';
import type { Bridge } from './frontend.js';
import type { LappsPlan } from './lapps-plan.js';
import { ServiceStarts } from './service-starts.js';
import { type MakeStandalonePool, StandaloneServices } from './standalone.js';

/** What the owner of the services brings along. */
export interface ServiceDeskOptions {
  /** Threads for standalone services; needed when the plan has any. */
  readonly makeStandalonePool?: MakeStandalonePool | undefined;
  /** Answers `pam_auth:login`. Without it every login is refused, and the log says why. */
  readonly verifyLogin?:
    | ((login: { service: string; user: string; password: string }) => boolean | Promise<boolean>)
    | undefined;
}

/** What services need of the main thread wherever the sockets are: threads of their own, and answers to calls. */
export class ServiceDesk {
  readonly standalone: StandaloneServices;
  private readonly bridge: Bridge;

  constructor(bridge: Bridge, plan: LappsPlan, { makeStandalonePool = noThreads, verifyLogin }: ServiceDeskOptions) {
    this.bridge = bridge;
    this.standalone = new StandaloneServices(bridge, plan.services, makeStandalonePool);
    this.answerCalls(new ServiceStarts(plan.services), verifyLogin);
  }

  private answerCalls(starts: ServiceStarts, verifyLogin: ServiceDeskOptions['verifyLogin']): void {
    const { bridge } = this;
    type Call<T extends ServiceCall['type']> = Extract<ServiceCall, { type: T }>;
    bridge.answer('service.await', ({ services }: Call<'service.await'>) => starts.await(services));
    bridge.answer('service.started', ({ service, instance }: Call<'service.started'>) => {
      starts.started(service, instance);
    });
    let warned = false;
    bridge.answer('login', ({ service, user, password }: LoginCall) => {
      if (verifyLogin !== undefined) return verifyLogin({ service, user, password });
      if (!warned) bridge.log('warn', 'pam_auth:login answers false: no back end checks passwords in this program');
      warned = true;
      return false;
    });
  }

  /** Tells every script that waits that the server stops. */
  sayStop(): void {
    for (let worker = 0; worker < this.bridge.pool.size; worker++) this.bridge.pool.post(worker, 'stopping');
    this.bridge.queues.stop();
  }

  /** Connections ended because their worker died. */
  logLost(worker: number, count: number, how: string): void {
    if (count === 0) return;
    const [what, whose, them] =
      count === 1
        ? ['1 connection', 'its service instance', 'it']
        : [`${count} connections`, 'their service instances', 'them'];
    const message = `${what} ${how}: ${whose} died with worker ${worker}; onDisconnect cannot run for ${them}`;
    this.bridge.log('error', message, { worker, connections: count });
  }
}

const noThreads: MakeStandalonePool = ({ service }) => {
  throw new Error(`Cannot run service '${service}': the program has no threads for standalone services`);
};
