import { connect } from 'node:net';
import { afterEach } from 'vitest';
import {
  type Agent,
  type AgentEvent,
  type AgentOptions,
  createAgent,
  type ListenAddress,
  type ListenOptions,
} from '../../src/index.js';
import { type HelloOptions, RawEngine } from './raw-engine.js';

type EventType = AgentEvent['type'];
type EventOf<T extends EventType> = Extract<AgentEvent, { type: T }>;

/** An agent on a free port with its events kept, and engines that are closed when the test ends. */
export class TestAgent {
  readonly agent: Agent;
  readonly events: AgentEvent[] = [];
  address: ListenAddress = { path: '' };
  readonly engines: RawEngine[] = [];
  private waiting: (() => void)[] = [];

  constructor(options: AgentOptions) {
    this.agent = createAgent({
      ...options,
      onEvent: (event) => {
        this.events.push(event);
        for (const wake of this.waiting.splice(0)) wake();
        options.onEvent?.(event);
      },
    });
  }

  async listen(at: ListenOptions = { port: 0 }): Promise<this> {
    this.address = await this.agent.listen(at);
    return this;
  }

  async open(): Promise<RawEngine> {
    const engine = await RawEngine.open(this.address);
    this.engines.push(engine);
    return engine;
  }

  async ready(options?: HelloOptions): Promise<RawEngine> {
    const engine = await RawEngine.ready(this.address, options);
    this.engines.push(engine);
    return engine;
  }

  /** Events of one type so far. */
  all<T extends EventType>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** The n-th event of a type, waiting for it if need be. */
  async event<T extends EventType>(type: T, n = 1): Promise<EventOf<T>> {
    while (this.all(type).length < n) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.all(type)[n - 1]!;
  }

  async stop(): Promise<void> {
    for (const engine of this.engines) engine.close();
    await this.agent.stop({ graceMs: 0 });
  }
}

const agents: TestAgent[] = [];

afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop()));
});

/** Starts an agent that the end of the test stops. By default it acknowledges everything with no actions. */
export function startAgent(options: Partial<AgentOptions> = {}, at?: ListenOptions): Promise<TestAgent> {
  const behaviour = options.handlers === undefined && options.onNotify === undefined ? { handlers: () => [] } : {};
  const agent = new TestAgent({ ...behaviour, ...options });
  agents.push(agent);
  return agent.listen(at);
}

/** Resolves when the port refuses connections. */
export async function refused(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1', () => {
        probe.destroy();
        resolve(true);
      });
      probe.once('error', () => resolve(false));
    });
    if (!open) return;
  }
}
