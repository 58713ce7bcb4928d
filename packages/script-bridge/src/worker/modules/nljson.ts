import { readFileSync, statSync } from 'node:fs';
import { LappsCodecError } from '@offload/lapps-codec';
import {
  HostError,
  type HostFunction,
  type HostModule,
  type HostResult,
  ScriptFunction,
  type ScriptValue,
} from '@offload/script-runtime';
import { callNow } from '../callback-call.js';
import { DOCUMENT_CBOR } from '../json/cbor-limits.js';
import { CborReader } from '../json/cbor-reader.js';
import { CborWriter } from '../json/cbor-writer.js';
import { isNljson, keyText } from '../json/convert.js';
import { JsonObject } from '../json/json-object.js';
import { parseJson } from '../json/parse.js';
import { TemplateCache } from '../json/template-cache.js';
import { fromByteString, readableText } from '../json/text.js';
import { isContainer, type JsonValue, MAX_DOCUMENT_BYTES, typeNameOf } from '../json/value.js';
import { documentObject, entriesOf, toScript } from '../json/view.js';
import { traverse } from '../json/walk.js';
import { writeJson } from '../json/write.js';
import { badArgument } from '../spoa-values.js';
import type { ModuleContext } from './context.js';
import { bytesTextOf, numberOf, typeOf } from './values.js';

/** Largest file `decode_file` reads, bytes. */
const MAX_FILE_BYTES = 64 << 20;
const MAX_INDENT = 32;

/** `nljson` (`lapps.md 3.2`, `3.3`): JSON and CBOR documents as userdata. All functions are called with a dot. */
export function createNljsonModule(context: ModuleContext): HostModule {
  const templates = new TemplateCache();
  const reader = new CborReader();
  const writer = new CborWriter(MAX_DOCUMENT_BYTES);
  const functions: Record<string, HostFunction> = {
    decode: counted('decode', 1, (text) => documentObject(templates.parse(textArgument('decode', text)))),
    decode_file: counted('decode_file', 1, (path) => documentObject(parseFile(textArgument('decode_file', path)))),
    encode: counted('encode', 1, (object) => writeJson(document('encode', object), 0)),
    encode_pretty: counted('encode_pretty', 2, encodePretty),
    to_cbor: counted('to_cbor', 1, (object) => writer.encode(document('to_cbor', object))),
    from_cbor: counted('from_cbor', 1, (bytes) => documentObject(parseCbor(reader, textArgument('from_cbor', bytes)))),
    find: counted('find', 2, find),
    erase: counted('erase', 2, erase),
    empty: counted('empty', 1, (object) => isEmpty(document('empty', object))),
    typename: counted('typename', 1, (object) => typeNameOf(document('typename', object))),
    foreach: counted('foreach', 2, (object, fn) => {
      callEach(context, 'foreach', fn, entriesOf(document('foreach', object)));
    }),
    traverse: counted('traverse', 2, (object, fn) => {
      callEach(context, 'traverse', fn, traverse(document('traverse', object)));
    }),
  };
  return { name: 'nljson', functions };
}

/** Arguments are counted, as the original does; a nil that was passed counts. */
function counted(name: string, count: number, fn: (...args: ScriptValue[]) => HostResult): HostFunction {
  return (...args) => {
    if (args.length === count) return fn(...args);
    const wanted = count === 1 ? '1 argument' : `${count} arguments`;
    throw new HostError(`nljson.${name}: ${wanted} expected, got ${args.length}`);
  };
}

function document(fn: string, value: ScriptValue): JsonValue {
  if (isNljson(value)) return value.value;
  throw badArgument(1, fn, `nljson expected, got ${typeOf(value)}`);
}

function textArgument(fn: string, value: ScriptValue): string {
  const text = bytesTextOf(value);
  if (text === undefined) throw badArgument(1, fn, `string expected, got ${typeOf(value)}`);
  return text;
}

function parseFile(path: string): JsonValue {
  const name = readableText(path);
  let bytes: string;
  try {
    const stats = statSync(name);
    const { size } = stats;
    // A pipe would hold the thread until somebody writes to it.
    if (!stats.isFile()) throw new Error('it is no regular file');
    if (size > MAX_FILE_BYTES) throw new Error(`${size} bytes, more than ${MAX_FILE_BYTES}`);
    bytes = readFileSync(name, 'latin1');
  } catch (error) {
    throw new HostError(`cannot read ${name}: ${(error as Error).message}`);
  }
  return parseJson(bytes, true);
}

function parseCbor(reader: CborReader, bytes: string): JsonValue {
  try {
    const buffer = Buffer.from(bytes, 'latin1');
    return reader.read(buffer, 0, buffer.length, DOCUMENT_CBOR);
  } catch (error) {
    throw error instanceof LappsCodecError ? new HostError(error.message) : error;
  }
}

function encodePretty(object: ScriptValue, indent: ScriptValue): string {
  const spaces = numberOf(indent);
  if (spaces === undefined) throw badArgument(2, 'encode_pretty', `number expected, got ${typeOf(indent)}`);
  return writeJson(document('encode_pretty', object), Math.min(MAX_INDENT, Math.max(0, Math.trunc(spaces))));
}

/** The member, nil when there is none; containers as views. Arrays and scalars have no members. */
function find(object: ScriptValue, key: ScriptValue): ScriptValue {
  const node = document('find', object);
  if (typeof key !== 'string' && numberOf(key) === undefined) {
    throw badArgument(2, 'find', `string expected, got ${typeOf(key)}`);
  }
  if (!(node instanceof JsonObject)) return null;
  const name = typeof key === 'string' ? fromByteString(key) : keyText(key);
  return name === undefined ? null : (toScript(node.get(name)) ?? null);
}

/** By name from an object: whether it was there. By index, from 0, out of an array. Anything else: false. */
function erase(object: ScriptValue, key: ScriptValue): boolean {
  const node = document('erase', object);
  if (node instanceof JsonObject && typeof key === 'string') {
    const name = fromByteString(key);
    return name !== undefined && node.delete(name);
  }
  if (!Array.isArray(node) || typeof key !== 'number') return false;
  const at = Math.trunc(key);
  if (!(at >= 0 && at < node.length)) throw new HostError(`array index ${key} is out of range`);
  node.splice(at, 1);
  return true;
}

function isEmpty(node: JsonValue): boolean {
  return isContainer(node) && (Array.isArray(node) ? node.length : node.size) === 0;
}

function callEach(
  { host, engine }: ModuleContext,
  name: string,
  fn: ScriptValue,
  pairs: Iterable<readonly [ScriptValue, ScriptValue]>,
): void {
  if (!(fn instanceof ScriptFunction)) throw badArgument(2, name, `function expected, got ${typeOf(fn)}`);
  for (const pair of pairs) {
    if (!callNow(engine(), host.current, fn, pair)) {
      throw new HostError(`attempt to wait inside a callback of nljson.${name}`);
    }
  }
}
