import {
  type EngineHost,
  HostError,
  type HostFunction,
  type HostModule,
  ScriptFunction,
  type ScriptValue,
} from '@offload/script-runtime';
import {
  DataType,
  Scope,
  SpopError,
  type Writer,
  writeSetVarAddress,
  writeSetVarBool,
  writeSetVarBytes,
  writeSetVarInt,
  writeSetVarLatin1,
  writeSetVarNull,
  writeUnsetVar,
} from '@offload/spop-codec';
import { parseIpv4, parseIpv6 } from './address.js';
import { NotifyCall } from './notify-task.js';
import { pythonPrelude } from './python/preludes.js';
import { badArgument, checkInteger, checkScope, checkText, typeName } from './spoa-values.js';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** What the module needs of the worker it is made for. */
export interface SpoaModuleContext {
  readonly host: EngineHost;
  /** Takes a handler while scripts load; throws when the name is taken. */
  register(name: string, fn: ScriptFunction): void;
  /** A value HAProxy will misread although it was asked for. */
  warn(text: string): void;
}

/**
 * The module `spoa` of HAProxy's spoa-server: `register_message`, `set_var_*`, `scope.*`, and `unset_var` on top.
 * Types go out as asked for. Everything is checked before it is encoded, since HAProxy drops a bad action, and maybe
 * all after it, without a word (spop.md 1.5).
 */
export function createSpoaModule(context: SpoaModuleContext): HostModule {
  return {
    name: 'spoa',
    functions: { register_message: registerMessage(context), ...setters(context) },
    constants: {
      scope: { proc: Scope.PROC, sess: Scope.SESS, txn: Scope.TXN, req: Scope.REQ, res: Scope.RES },
    },
    // Read when Python asks for it.
    preludes: {
      get python() {
        return pythonPrelude('spoa');
      },
    },
  };
}

function registerMessage(context: SpoaModuleContext): HostFunction {
  return (name, fn) => {
    // Only this worker would have it, and its successor would not.
    if (context.host.current instanceof NotifyCall) {
      throw new HostError("'register_message' called while a message is handled: scripts register as they load");
    }
    if (typeof name !== 'string' || name === '') {
      throw badArgument(1, 'register_message', `message name expected, got ${name === '' ? "''" : typeName(name)}`);
    }
    if (!(fn instanceof ScriptFunction)) {
      throw badArgument(2, 'register_message', `function expected, got ${typeName(fn)}`);
    }
    try {
      context.register(name, fn);
    } catch (error) {
      throw new HostError((error as Error).message);
    }
  };
}

/** What the encoder refuses, in the words of a script: it checks names and values while it writes them. */
function refused(fn: string, error: SpopError): HostError {
  if (error.code === 'SPOP_ERR_FRAME_TOO_BIG') return new HostError(`'${fn}': no space left available`);
  return badArgument(error.code === 'SPOP_ERR_NAME' ? 1 : 3, fn, error.message.replace(/^Cannot encode /, ''));
}

type Setter = (w: Writer, scope: Scope, name: string, value: ScriptValue) => void;

function setters(context: SpoaModuleContext): Record<string, HostFunction> {
  const { host } = context;
  const make = (fn: string, write: Setter): HostFunction => {
    const setter: HostFunction = (name, scope, value) => {
      const call = host.current;
      // One that is over has been answered, and its task may be another's by now.
      if (!(call instanceof NotifyCall) || call.over) throw new HostError(`'${fn}' called while no message is handled`);
      if (typeof name !== 'string') throw badArgument(1, fn, `variable name expected, got ${typeName(name)}`);
      try {
        write(call.task.actions, checkScope(fn, scope), name, value);
      } catch (error) {
        throw error instanceof SpopError ? refused(fn, error) : error;
      }
    };
    setter.deferred = true;
    return setter;
  };
  const integer = (type: string, tag: 2 | 3 | 4 | 5, min: number | bigint, max: number | bigint): HostFunction => {
    const fn = `set_var_${type}`;
    return make(fn, (w, scope, name, value) => {
      const number = checkInteger(fn, type, value, min, max);
      if (number > INT64_MAX)
        context.warn(`${fn}('${name}'): HAProxy reads ${number} as ${BigInt.asIntN(64, BigInt(number))}`);
      writeSetVarInt(w, scope, name, tag, number);
    });
  };
  const address = (type: string, tag: 6 | 7, parse: (text: string) => Uint8Array | undefined): HostFunction => {
    const fn = `set_var_${type}`;
    return make(fn, (w, scope, name, value) => {
      // Address objects of a language come as they are on the wire.
      if (value instanceof Uint8Array) {
        writeSetVarAddress(w, scope, name, tag, value);
        return;
      }
      if (typeof value !== 'string') throw badArgument(3, fn, `${type} address expected, got ${typeName(value)}`);
      const bytes = parse(value);
      if (bytes === undefined) throw badArgument(3, fn, `'${value}' is not an ${type} address`);
      writeSetVarAddress(w, scope, name, tag, bytes);
    });
  };
  const text = (type: string, tag: 8 | 9): HostFunction => {
    const fn = `set_var_${type}`;
    return make(fn, (w, scope, name, value) => {
      const checked = checkText(fn, value);
      if (typeof checked === 'string') writeSetVarLatin1(w, scope, name, tag, checked);
      else writeSetVarBytes(w, scope, name, tag, checked);
    });
  };
  return {
    set_var_null: make('set_var_null', (w, scope, name) => writeSetVarNull(w, scope, name)),
    set_var_boolean: make('set_var_boolean', (w, scope, name, value) => {
      if (typeof value !== 'boolean')
        throw badArgument(3, 'set_var_boolean', `boolean expected, got ${typeName(value)}`);
      writeSetVarBool(w, scope, name, value);
    }),
    set_var_int32: integer('int32', DataType.INT32, -(2 ** 31), 2 ** 31 - 1),
    set_var_uint32: integer('uint32', DataType.UINT32, 0, 2 ** 32 - 1),
    set_var_int64: integer('int64', DataType.INT64, INT64_MIN, INT64_MAX),
    set_var_uint64: integer('uint64', DataType.UINT64, 0, UINT64_MAX),
    set_var_ipv4: address('ipv4', DataType.IPV4, parseIpv4),
    set_var_ipv6: address('ipv6', DataType.IPV6, parseIpv6),
    set_var_str: text('str', DataType.STRING),
    set_var_bin: text('bin', DataType.BINARY),
    unset_var: make('unset_var', (w, scope, name) => writeUnsetVar(w, scope, name)),
  };
}
