import {
  HostError,
  type HostFunction,
  type HostModule,
  HostObject,
  type HostObjectClass,
  type HostResult,
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
import { failed, nothing, typeOf } from './values.js';

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
      post: (self, item) => {
        const document = givenDocument(item, context.engine().language);
        if (document === undefined) throw badArgument(1, 'post', `nljson expected, got ${typeOf(item)}`);
        const refusal = port.callSync({
          type: 'mqr.post',
          queue: nameOf(self),
          item: writer.encode(document),
        });
        return typeof refusal === 'string' ? failed(refusal) : true;
      },
      try_recv: (self) => take(nameOf(self)),
      recv: receiver(context, take),
    },
  };
  return {
    name: 'mqr',
    functions: {
      create: (name) => {
        if (typeof name !== 'string' || name === '') return nothing('Usage: mqr.create(name)');
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

function nameOf(self: unknown): string {
  return (self as HostObject<Queue>).value.name;
}

function receiver(context: ModuleContext, take: (queue: string) => HostResult): HostFunction {
  const { waits, stop, host } = context;
  const recv: HostFunction = async (self) => {
    const queue = nameOf(self);
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
  recv.blocking = (self) => {
    const queue = nameOf(self);
    while (!stop.raised) {
      const item = take(queue);
      if (item !== null) return item;
      waits.block(queue);
    }
    return null;
  };
  return recv;
}
