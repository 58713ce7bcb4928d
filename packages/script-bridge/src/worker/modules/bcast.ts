import { checkBroadcast } from '@offload/lapps-codec';
import type { HostFunction, HostModule, ScriptValue } from '@offload/script-runtime';
import { RecordKind } from '../../records.js';
import { BroadcastIds } from '../../shared/broadcast-ids.js';
import { givenDocument } from '../json/plain.js';
import { pythonPrelude } from '../python/preludes.js';
import { badArgument } from '../spoa-values.js';
import type { ModuleContext } from './context.js';
import { failed, numberOf, typeOf } from './values.js';

/**
 * `bcast` (`lapps.md 3.5`), called with a colon: one space of ids for the whole process. Subscribing is idempotent,
 * unsubscribing takes effect at once, and the end of a connection ends its subscriptions.
 */
export function createBcastModule(context: ModuleContext): HostModule {
  const { broadcasts, connections } = context.shared;
  const { outbound } = context;
  const subscription = (
    name: string,
    kind: typeof RecordKind.BcastSubscribe | typeof RecordKind.BcastUnsubscribe,
  ): HostFunction => {
    return (...args) => {
      const id = idOf(args[0]);
      const handler = numberOf(args[1]);
      if (args.length !== 2 || id === undefined || handler === undefined) return failed(usage(`${name}(id, handler)`));
      if (!broadcasts.has(id)) return failed(`there is no broadcast ${id}`);
      if (!connections.isOpen(handler)) {
        // Its subscriptions ended with it: from onDisconnect this is the ordinary case.
        return name === 'unsubscribe' ? true : failed('the handler is not open');
      }
      outbound.subscription(kind, handler, id);
      return true;
    };
  };
  return {
    name: 'bcast',
    style: 'colon',
    functions: {
      create: (...args) => {
        const id = idOf(args[0]);
        if (args.length !== 1 || id === undefined) return failed(usage('create(id)'));
        return broadcasts.add(id) || failed('there are too many broadcasts');
      },
      subscribe: subscription('subscribe', RecordKind.BcastSubscribe),
      unsubscribe: subscription('unsubscribe', RecordKind.BcastUnsubscribe),
      send: (...args) => {
        const id = idOf(args[0]);
        if (args.length !== 2 || id === undefined) return failed(usage('send(id, nljson)'));
        const message = givenDocument(args[1], context.engine().language);
        if (message === undefined) throw badArgument(2, 'send', `nljson expected, got ${typeOf(args[1])}`);
        if (checkBroadcast(message) !== undefined) return false;
        if (!broadcasts.has(id)) return failed(`there is no broadcast ${id}`);
        outbound.broadcast(id, message);
        return true;
      },
    },
    preludes: {
      get python() {
        return pythonPrelude('bcast');
      },
    },
  };
}

function idOf(value: ScriptValue): number | undefined {
  const id = numberOf(value);
  return BroadcastIds.isId(id) ? id : undefined;
}

function usage(call: string): string {
  return `Usage: bcast:${call}`;
}
