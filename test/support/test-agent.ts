/** `createAgent` for the tests with HAProxy: listens on a free port, keeps what it saw. */
import {
  type Agent,
  type AgentEvent,
  type AgentOptions,
  createAgent,
  type ListenAddress,
  type MessageHandler,
} from '@offload/spop-agent';
import { type Action, type Message, Scope, type TypedData } from '@offload/spop-codec';

export interface TestAgent {
  readonly agent: Agent;
  readonly events: AgentEvent[];
  /** Address as HAProxy writes it. */
  readonly address: string;
}

function addressText(address: ListenAddress): string {
  return 'path' in address ? `unix@${address.path}` : `${address.host}:${address.port}`;
}

export type TestHandlers = Readonly<Record<string, MessageHandler>>;

export interface TestAgentOptions extends Omit<AgentOptions, 'handlers' | 'onEvent'> {
  /** Unix socket to listen on. */
  readonly path?: string;
}

/** Starts an agent, on a free port of 127.0.0.1 or on the unix socket `path`. */
export async function startTestAgent(
  handlers: TestHandlers,
  { path, ...options }: TestAgentOptions = {},
): Promise<TestAgent> {
  const events: AgentEvent[] = [];
  const agent = createAgent({ ...options, handlers, onEvent: (event) => events.push(event) });
  const address = await agent.listen(path === undefined ? { port: 0 } : { path });
  return { agent, events, address: addressText(address) };
}

/** The value of the first argument of that name. */
export function argument(message: Message, name: string): TypedData | undefined {
  return message.args.find((arg) => arg.name === name)?.value;
}

/** A value as `type` or `type:text`: strings as they are, other bytes in hexadecimal. */
export function describeValue(data: TypedData | undefined): string {
  if (data === undefined) return 'absent';
  if (data.type === 'null') return 'null';
  if (data.type === 'string') return `string:${Buffer.from(data.value).toString('latin1')}`;
  if (data.value instanceof Uint8Array) return `${data.type}:${Buffer.from(data.value).toString('hex')}`;
  return `${data.type}:${data.value}`;
}

export const textValue = (text: string): TypedData => ({ type: 'string', value: Buffer.from(text, 'latin1') });

/** Sets `txn.<name>`. */
export function setTxn(name: string, value: TypedData): Action {
  return { type: 'set-var', scope: Scope.TXN, name, value };
}
