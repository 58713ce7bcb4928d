import { isStatusCode, MIN_MAX_FRAME_SIZE, STATUS_TEXTS, Status, type StatusCode } from './constants.js';
import { SpopError } from './errors.js';
import type { KvEntry } from './kv-list.js';
import { latin1Bytes, latin1Text } from './name.js';
import type { TypedData } from './typed-data.js';

/** What HAPROXY-HELLO says (SPOE.txt 3.2.4, spop.md 2.1). */
export interface HaproxyHello {
  /** Trimmed entries of `supported-versions`; HAProxy sends `['2.0']`. */
  readonly supportedVersions: readonly string[];
  /** At least 256; can be megabytes. */
  readonly maxFrameSize: number;
  readonly capabilities: readonly string[];
  /** A UUID; absent in health checks. */
  readonly engineId?: string | undefined;
  readonly healthcheck: boolean;
}

/** What AGENT-HELLO says (SPOE.txt 3.2.5, spop.md 2.2). */
export interface AgentHello {
  readonly version: string;
  /** 256 up to what HAProxy offered; echo HAProxy's value. */
  readonly maxFrameSize: number;
  readonly capabilities: readonly string[];
}

/** What a DISCONNECT of either side says (SPOE.txt 3.2.8, 3.2.9). */
export interface Disconnect {
  /** Any unsigned integer the peer sent; `describeStatus` gives its text. */
  readonly statusCode: number;
  /** One character per byte. */
  readonly message: string;
}

/**
 * Reads the entries of a HAPROXY-HELLO. Unknown keys are skipped, of repeated keys the last counts, any integer tag is
 * taken. Whether a version suits is for `supportsVersion` to say.
 * Throws SPOP_ERR_KEY with status 5, 6, 7 (absent), 9 (max-frame-size below 256) or 4 (wrong type).
 */
export function parseHaproxyHello(entries: readonly KvEntry[]): HaproxyHello {
  const engineId = find(entries, 'engine-id');
  const healthcheck = find(entries, 'healthcheck');
  return {
    supportedVersions: splitList(requireText(entries, 'supported-versions', Status.NO_VERSION)),
    maxFrameSize: parseMaxFrameSize(entries),
    capabilities: splitList(requireText(entries, 'capabilities', Status.NO_CAPABILITIES)),
    engineId: engineId === undefined ? undefined : textOf('engine-id', engineId),
    healthcheck: healthcheck === undefined ? false : boolOf('healthcheck', healthcheck),
  };
}

/** The entries of a HAPROXY-HELLO in HAProxy's order. Throws SPOP_ERR_VALUE. */
export function haproxyHelloEntries(hello: HaproxyHello): KvEntry[] {
  const entries: KvEntry[] = [
    { name: 'supported-versions', value: textData(hello.supportedVersions.join(', ')) },
    { name: 'max-frame-size', value: maxFrameSizeData(hello.maxFrameSize) },
    { name: 'capabilities', value: textData(hello.capabilities.join(',')) },
  ];
  if (hello.engineId !== undefined) entries.push({ name: 'engine-id', value: textData(hello.engineId) });
  if (hello.healthcheck) entries.push({ name: 'healthcheck', value: { type: 'bool', value: true } });
  return entries;
}

/**
 * Reads the entries of an AGENT-HELLO, by the rules of `parseHaproxyHello`; a list of capabilities may be absent, as
 * HAProxy accepts that in traffic (spop.md 2.3).
 * Throws SPOP_ERR_KEY with status 5, 6 (absent), 9 (max-frame-size below 256) or 4 (wrong type).
 */
export function parseAgentHello(entries: readonly KvEntry[]): AgentHello {
  const capabilities = find(entries, 'capabilities');
  return {
    version: requireText(entries, 'version', Status.NO_VERSION).trim(),
    maxFrameSize: parseMaxFrameSize(entries),
    capabilities: capabilities === undefined ? [] : splitList(textOf('capabilities', capabilities)),
  };
}

/** The entries of an AGENT-HELLO; no other key may be added, HAProxy compares keys by prefix. Throws SPOP_ERR_VALUE. */
export function agentHelloEntries(hello: AgentHello): KvEntry[] {
  return [
    { name: 'version', value: textData(hello.version) },
    { name: 'max-frame-size', value: maxFrameSizeData(hello.maxFrameSize) },
    { name: 'capabilities', value: textData(hello.capabilities.join(',')) },
  ];
}

/** Reads the entries of a DISCONNECT; an absent status-code is 0. Throws SPOP_ERR_KEY for a wrong type. */
export function parseDisconnect(entries: readonly KvEntry[]): Disconnect {
  const code = find(entries, 'status-code');
  const message = find(entries, 'message');
  return {
    statusCode: code === undefined ? Status.NORMAL : integerOf('status-code', code),
    message: message === undefined ? '' : textOf('message', message),
  };
}

/**
 * The entries of a DISCONNECT, with HAProxy's text for the code unless another is given (at most 255 bytes).
 * Codes outside 0..13 and 99 are refused: some kill HAProxy (spop.md 2.6). Throws SPOP_ERR_VALUE.
 */
export function disconnectEntries(statusCode: StatusCode, message: string = STATUS_TEXTS[statusCode]): KvEntry[] {
  if (!isStatusCode(statusCode)) {
    throw new SpopError('SPOP_ERR_VALUE', `Cannot encode status code ${String(statusCode)}: 0..13 or 99 is needed`);
  }
  if (message.length > 255) {
    throw new SpopError('SPOP_ERR_VALUE', `Cannot encode message of ${message.length} bytes: at most 255 are allowed`);
  }
  return [
    { name: 'status-code', value: { type: 'uint32', value: statusCode } },
    { name: 'message', value: textData(message) },
  ];
}

/** Text of a status code as HAProxy words it; any other number is "an unknown error occurred". */
export function describeStatus(code: number): string {
  return STATUS_TEXTS[isStatusCode(code) ? code : Status.UNKNOWN];
}

/**
 * True when one of the versions is 2.0, in any of the forms HAProxy takes for it (" 2.0 ", "2.00"). SPOP 1.0 is gone.
 */
export function supportsVersion(versions: readonly string[]): boolean {
  return versions.some((version) => /^0*2\.0+$/.test(version.trim()));
}

function parseMaxFrameSize(entries: readonly KvEntry[]): number {
  const data = find(entries, 'max-frame-size');
  if (data === undefined) throw absent('max-frame-size', Status.NO_MAX_FRAME_SIZE);
  const size = integerOf('max-frame-size', data);
  if (size >= MIN_MAX_FRAME_SIZE && size <= 0xffff_ffff) return size;
  const message = `Cannot accept max-frame-size ${size}: ${MIN_MAX_FRAME_SIZE} to 2^32-1 is needed`;
  throw new SpopError('SPOP_ERR_KEY', message, { status: Status.BAD_MAX_FRAME_SIZE });
}

function maxFrameSizeData(size: number): TypedData {
  if (Number.isInteger(size) && size >= MIN_MAX_FRAME_SIZE && size <= 0xffff_ffff)
    return { type: 'uint32', value: size };
  const message = `Cannot encode max-frame-size ${size}: ${MIN_MAX_FRAME_SIZE} to 2^32-1 is needed`;
  throw new SpopError('SPOP_ERR_VALUE', message);
}

function find(entries: readonly KvEntry[], name: string): TypedData | undefined {
  return entries.findLast((entry) => entry.name === name)?.value;
}

function requireText(entries: readonly KvEntry[], name: string, status: StatusCode): string {
  const data = find(entries, name);
  if (data === undefined) throw absent(name, status);
  return textOf(name, data);
}

function textOf(name: string, data: TypedData): string {
  if (data.type !== 'string') throw wrongType(name, data, 'a string');
  return latin1Text(data.value);
}

function boolOf(name: string, data: TypedData): boolean {
  if (data.type !== 'bool') throw wrongType(name, data, 'a bool');
  return data.value;
}

/** An integer of any tag; one beyond 2^53-1 loses its last digits, which only ranges and messages ever see. */
function integerOf(name: string, data: TypedData): number {
  switch (data.type) {
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64':
      return Number(data.value);
    default:
      throw wrongType(name, data, 'an integer');
  }
}

function textData(text: string): TypedData {
  return { type: 'string', value: latin1Bytes(text) };
}

/** A comma list as HAProxy writes them: blanks trimmed, empty items dropped. */
function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function absent(name: string, status: StatusCode): SpopError {
  return new SpopError('SPOP_ERR_KEY', `Cannot accept HELLO: key ${name} is absent`, { status });
}

function wrongType(name: string, data: TypedData, wanted: string): SpopError {
  return new SpopError('SPOP_ERR_KEY', `Cannot accept key ${name} of type ${data.type}: ${wanted} is needed`);
}
