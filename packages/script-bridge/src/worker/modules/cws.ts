import {
  bytesOf,
  type HostFunction,
  type HostModule,
  HostObject,
  type HostObjectClass,
  type HostResult,
  type ScriptCall,
  ScriptFunction,
  ScriptTable,
  type ScriptValue,
} from '@offload/script-runtime';
import { callBack } from '../callback-call.js';
import { CwsClient, type CwsEvent } from '../cws/client.js';
import { readableText } from '../json/text.js';
import { pythonPrelude } from '../python/preludes.js';
import type { ModuleContext } from './context.js';
import { bytesTextOf, failed, nothing, numberOf, selfOf } from './values.js';

const SEND_USAGE = 'Usage: cws:send(handler, data, opcode)';
/** How long `cws:eventLoop()` waits when nothing happens, ms. */
const TURN_MS = 10;

type Callbacks = Partial<Record<CwsEvent['type'], ScriptFunction>>;

/**
 * `cws` (`lapps.md 3.7`): WebSocket connections from scripts to servers. What happens is queued until the script calls
 * `cws:eventLoop()`, which runs the callbacks.
 */
export function createCwsModule(context: ModuleContext): HostModule {
  const client = new CwsClient(context.port, context.cws);
  context.onDispose(() => client.dispose());
  const callbacks = new Map<number, Callbacks>();
  const cls: HostObjectClass<number> = {
    name: 'cws',
    methods: { close: (self) => client.close(selfOf(cls, self, 'close')) },
  };
  const connect: HostFunction = (...args) => {
    const [uri, table] = args;
    const given = callbacksOf(table);
    if (args.length !== 2 || typeof uri !== 'string' || given === undefined) {
      return nothing('Usage: cws:new(uri, callbacks)');
    }
    const handler = client.connect(readableText(uri));
    if (typeof handler === 'string') return nothing(handler);
    callbacks.set(handler, given);
    return new HostObject(cls, handler);
  };
  return {
    name: 'cws',
    style: 'colon',
    functions: {
      new: connect,
      send: (...args) => send(client, args),
      eventLoop: eventLoop(context, client, callbacks),
    },
    preludes: {
      get python() {
        return pythonPrelude('cws');
      },
    },
  };
}

function callbacksOf(table: ScriptValue): Callbacks | undefined {
  if (!(table instanceof ScriptTable || table instanceof Map)) return undefined;
  const callbacks: Callbacks = {};
  for (const name of ['onopen', 'onmessage', 'onerror', 'onclose'] as const) {
    const fn = table.get(name) as ScriptValue;
    if (fn instanceof ScriptFunction) callbacks[name] = fn;
  }
  return callbacks;
}

function send(client: CwsClient, args: readonly ScriptValue[]): HostResult {
  const handler = numberOf(args[0]);
  const data = bytesTextOf(args[1]);
  const opcode = numberOf(args[2]);
  if (args.length !== 3 || handler === undefined || data === undefined) return failed(SEND_USAGE);
  if (opcode !== 1 && opcode !== 2) return failed(`opcode must be 1 or 2. ${SEND_USAGE}`);
  const refusal = client.send(handler, data, opcode);
  return refusal === undefined ? true : failed(refusal);
}

/**
 * One turn: waits for something to happen, then calls back. A call that cannot be suspended gets what happened before:
 * the sockets of a blocked thread stand still.
 */
function eventLoop(context: ModuleContext, client: CwsClient, callbacks: Map<number, Callbacks>): HostFunction {
  const turn: HostFunction = async () => {
    const outer = context.host.current;
    await client.wait(TURN_MS);
    for (const event of client.take()) {
      const waiting = dispatch(context, outer, callbacks, event);
      if (waiting !== undefined) await waiting;
    }
    return undefined;
  };
  turn.blocking = () => {
    for (const event of client.take()) void dispatch(context, context.host.current, callbacks, event);
    return undefined;
  };
  return turn;
}

/** Calls back for one event. A fault of a callback is logged and costs only its event. */
function dispatch(
  context: ModuleContext,
  outer: ScriptCall | null,
  callbacks: Map<number, Callbacks>,
  event: CwsEvent,
): Promise<void> | undefined {
  const fn = callbacks.get(event.handler)?.[event.type];
  if (event.type === 'onclose') callbacks.delete(event.handler);
  if (fn === undefined) return undefined;
  const failed = (error: unknown): void => context.fault(error);
  const engine = context.engine();
  try {
    return callBack(engine, outer, fn, argumentsOf(event, engine.language))?.catch(failed);
  } catch (error) {
    failed(error);
    return undefined;
  }
}

function argumentsOf(event: CwsEvent, language: string): ScriptValue[] {
  switch (event.type) {
    case 'onopen':
      return [event.handler];
    case 'onmessage':
      // Lua has one kind of string; other languages tell text from bytes.
      return [event.handler, event.opcode === 2 && language !== 'lua' ? bytesOf(event.data) : event.data, event.opcode];
    case 'onerror':
      return [event.handler, event.text];
    default:
      return [event.handler, event.payload];
  }
}
