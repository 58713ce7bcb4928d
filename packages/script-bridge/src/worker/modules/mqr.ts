import {
  HostError,
  type HostFunction,
  type HostModule,
  HostObject,
  type HostObjectClass,
  type HostResult,
  type ScriptValue,
} from '@offload/script-runtime';
import { isOver } from '../callback-call.js';
import { DOCUMENT_CBOR } from '../json/cbor-limits.js';
import { CborReader } from '../json/cbor-reader.js';
import { CborWriter } from '../json/cbor-writer.js';
import { givenDocument, shownDocument } from '../json/plain.js';
import { MAX_DOCUMENT_BYTES } from '../json/value.js';
import { pythonPrelude } from '../python/preludes.js';
import { badArgument } from '../spoa-values.js';
import type { ModuleContext } from './context.js';
import { bytesTextOf, failed, nothing, selfOf, typeOf } from './values.js';

interface Queue {
  readonly name: string;
}

/**
 * `mqr` (`lapps.md 3.6`): queues of documents within the process, by name. `q = mqr.create(name)` makes or joins one;
 * `q:post(nljson)` puts a snapshot in and answers `true`, or `false, text` when the queue is full; `q:try_recv()` answers
 * nil when it is empty; `q:recv()` waits for an item, and answers nil when the server stops.
 */
export function createMqrModule(context: ModuleContext): HostModule {
  const { port } = context;
  const reader = new CborReader();
  const take = (queue: string): HostResult => {
    const item = port.callSync({ type: 'mqr.take', queue }) as Uint8Array | undefined;
    if (item === undefined) return null;
    return shownDocument(reader.read(item, 0, item.length, DOCUMENT_CBOR), context.engine().language);
  };
  const writer = new CborWriter(MAX_DOCUMENT_BYTES);
  const cls: HostObjectClass<Queue> = {
    name: 'mqr',
    methods: {
      post: (...args) => {
        if (args.length !== 2) return failed('Usage: queue:post(nljson)');
        const [self, item] = args;
        const queue = selfOf(cls, self, 'post').name;
        const document = givenDocument(item, context.engine().language);
        if (document === undefined) throw badArgument(1, 'post', `nljson expected, got ${typeOf(item)}`);
        const refusal = port.callSync({
          type: 'mqr.post',
          queue,
          item: writer.encode(document),
        });
        return typeof refusal === 'string' ? failed(refusal) : true;
      },
      try_recv: (...args) => {
        if (args.length !== 1) return failed('Usage: queue:try_recv()');
        return take(selfOf(cls, args[0], 'try_recv').name);
      },
      recv: receiver(context, (self) => selfOf(cls, self, 'recv').name, take),
    },
  };
  return {
    name: 'mqr',
    functions: {
      create: (...args) => {
        const name = bytesTextOf(args[0]) ?? '';
        if (args.length !== 1 || name === '') return nothing('Usage: mqr.create(name)');
        const refusal = port.callSync({ type: 'mqr.create', queue: name });
        return typeof refusal === 'string' ? nothing(refusal) : new HostObject(cls, { name });
      },
    },
    preludes: {
      get python() {
        return pythonPrelude('mqr');
      },
    },
  };
}

function receiver(
  context: ModuleContext,
  nameOf: (self: ScriptValue) => string,
  take: (queue: string) => HostResult,
): HostFunction {
  const { waits, stop, host } = context;
  const usage = failed('Usage: queue:recv()');
  const wait = async (queue: string): Promise<HostResult> => {
    const call = host.current;
    while (!stop.raised) {
      const item = take(queue);
      if (item !== null) return item;
      await waits.wait(queue, call);
      // A script that was cancelled while it waited must not take an item with it.
      if (isOver(call)) throw new HostError('cancelled');
    }
    return null;
  };
  const recv: HostFunction = (...args) => (args.length === 1 ? wait(nameOf(args[0])) : usage);
  recv.blocking = (...args) => {
    if (args.length !== 1) return usage;
    const queue = nameOf(args[0]);
    while (!stop.raised) {
      const item = take(queue);
      if (item !== null) return item;
      waits.block(queue);
    }
    return null;
  };
  return recv;
}
