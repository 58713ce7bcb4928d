/** What workers ask the IO thread (`WorkerPort.call`), by `type`: plain data both ways. `pam_auth:login`. Answer: boolean. */
export interface LoginCall {
  readonly type: 'login';
  readonly service: string;
  readonly user: string;
  readonly password: string;
}

export type MqrCall =
  /** Makes a queue or joins it. Answer: undefined, or what is wrong. */
  | { readonly type: 'mqr.create'; readonly queue: string }
  /** Answer: undefined, or why it was refused. */
  | { readonly type: 'mqr.post'; readonly queue: string; readonly item: Uint8Array }
  /** Answer: the oldest item, undefined when there is none. */
  | { readonly type: 'mqr.take'; readonly queue: string }
  /**
   * Answered when there is an item, or when the server stops. Answer: whether there is one. Of each waiter only the last
   * call on a queue counts: one before it was given up.
   */
  | { readonly type: 'mqr.wait'; readonly queue: string; readonly waiter: string };

export type ServiceCall =
  /** Answered when all instances of the services have started. */
  | { readonly type: 'service.await'; readonly services: readonly string[] }
  /** An instance has started. */
  | { readonly type: 'service.started'; readonly service: string; readonly instance: number };
