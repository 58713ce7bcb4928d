import { type Action, readActionsLikeHaproxy, writeActions } from './actions.js';
import {
  DEFAULT_MAX_FRAME_BYTES,
  FIRST_FRAME_MAX_BYTES,
  FrameFlag,
  FrameType,
  LENGTH_PREFIX_BYTES,
} from './constants.js';
import { Cursor, Writer, writeBytes } from './cursor.js';
import { SpopError } from './errors.js';
import { beginFrame, endFrame, FrameHeader, readFrameHeader, tooBig } from './frame-header.js';
import { type KvEntry, readKvList, writeKvList } from './kv-list.js';
import { type Message, readMessages, writeMessages } from './messages.js';

interface Ids {
  /** 0..2^64-1: a number up to 2^53-1, a bigint beyond. */
  readonly streamId: number | bigint;
  readonly frameId: number | bigint;
}

/** HELLO and DISCONNECT of either side: a KV list, FIN, both ids 0 (SPOE.txt 3.2.4, 3.2.5, 3.2.8, 3.2.9). */
export interface KvFrame {
  readonly type: 'haproxy-hello' | 'haproxy-disconnect' | 'agent-hello' | 'agent-disconnect';
  readonly entries: readonly KvEntry[];
}

/** A complete NOTIFY (SPOE.txt 3.2.6). */
export interface NotifyFrame extends Ids {
  readonly type: 'notify';
  readonly messages: readonly Message[];
}

/** A part of a NOTIFY: its first frame (NOTIFY without FIN) or a later one (UNSET). Payloads concatenate (spop.md 3.5). */
export interface FragmentFrame extends Ids {
  readonly type: 'notify-fragment' | 'unset';
  readonly fin: boolean;
  /** The engine gives the message up; no ACK is due. */
  readonly abort: boolean;
  readonly payload: Uint8Array;
}

/** An ACK (SPOE.txt 3.2.7). */
export interface AckFrame extends Ids {
  readonly type: 'ack';
  /** The agent gives up a NOTIFY whose fragments are still coming. */
  readonly abort: boolean;
  /** What HAProxy would execute. */
  readonly actions: readonly Action[];
  /** What follows from the first action HAProxy cannot parse; empty in a good frame (spop.md 1.5). */
  readonly unparsed: Uint8Array;
}

/** All seven frame types; a fragmented NOTIFY has a `type` of its own because its payload cannot be decoded alone. */
export type Frame = KvFrame | NotifyFrame | FragmentFrame | AckFrame;

export interface FrameLimit {
  /** Largest length field accepted; the 4 bytes of the prefix do not count, as in `max-frame-size`. */
  readonly maxFrameBytes?: number;
}

/**
 * Decodes one whole frame, length prefix included. Byte arrays in the result are views into `bytes`. Reserved flag
 * bits are ignored. `maxFrameBytes` is 65536 by default.
 * Throws SPOP_ERR_TRUNCATED, SPOP_ERR_TRAILING_BYTES, SPOP_ERR_FRAME_TOO_SHORT, SPOP_ERR_FRAME_TOO_BIG,
 * SPOP_ERR_FRAME_TYPE, SPOP_ERR_FRAME_FLAGS, SPOP_ERR_FRAME_ID, SPOP_ERR_VARINT.
 */
export function decodeFrame(bytes: Uint8Array, { maxFrameBytes = FIRST_FRAME_MAX_BYTES }: FrameLimit = {}): Frame {
  if (bytes.length - LENGTH_PREFIX_BYTES > maxFrameBytes) {
    throw tooBig(bytes.length - LENGTH_PREFIX_BYTES, maxFrameBytes, 0);
  }
  const c = new Cursor(bytes);
  const header = new FrameHeader();
  readFrameHeader(c, header);
  return decodePayload(c, header);
}

/** Decodes the payload under the cursor by the header that `readFrameHeader` just filled. Throws as `decodeFrame`. */
export function decodePayload(c: Cursor, header: FrameHeader): Frame {
  const { streamId, frameId, fin, abort } = header;
  switch (header.type) {
    case FrameType.UNSET:
      return { type: 'unset', streamId, frameId, fin, abort, payload: rest(c) };
    case FrameType.HAPROXY_HELLO:
      return decodeKvFrame('haproxy-hello', c, header);
    case FrameType.HAPROXY_DISCONNECT:
      return decodeKvFrame('haproxy-disconnect', c, header);
    case FrameType.NOTIFY:
      if (!fin || abort) return { type: 'notify-fragment', streamId, frameId, fin, abort, payload: rest(c) };
      return { type: 'notify', streamId, frameId, messages: readMessages(c) };
    case FrameType.AGENT_HELLO:
      return decodeKvFrame('agent-hello', c, header);
    case FrameType.AGENT_DISCONNECT:
      return decodeKvFrame('agent-disconnect', c, header);
    case FrameType.ACK:
      if (!fin) throw badFlags('ACK', header);
      return { type: 'ack', streamId, frameId, abort, actions: readActionsLikeHaproxy(c), unparsed: rest(c) };
    default: {
      const message = `Cannot decode frame of type ${header.type}: SPOP 2.0 does not define it`;
      throw new SpopError('SPOP_ERR_FRAME_TYPE', message, { offset: header.payloadAt });
    }
  }
}

function decodeKvFrame(type: KvFrame['type'], c: Cursor, header: FrameHeader): KvFrame {
  if (!header.fin) throw badFlags(type, header);
  if (header.streamId !== 0 || header.frameId !== 0) {
    const message = `Cannot decode ${type} frame: ids ${header.streamId} and ${header.frameId} must both be 0`;
    throw new SpopError('SPOP_ERR_FRAME_ID', message, { offset: header.payloadAt });
  }
  return { type, entries: readKvList(c) };
}

function badFlags(what: string, header: FrameHeader): SpopError {
  const message = `Cannot decode ${what} frame with flags ${header.flags}: FIN must be set, it may not be fragmented`;
  return new SpopError('SPOP_ERR_FRAME_FLAGS', message, { offset: header.payloadAt });
}

function rest(c: Cursor): Uint8Array {
  const at = c.at;
  c.at = c.end;
  return c.bytes.subarray(at, c.end);
}

/** V8 keeps typed arrays of up to 64 bytes in its own heap: the usual ACK then costs no memory outside it. */
const SMALL_FRAME_BYTES = 64;

/**
 * Encodes one frame into an array of its own. `maxFrameBytes` is 16380 by default; for frames to HAProxy pass the
 * negotiated size - 1 (spop.md 2.5). Throws SPOP_ERR_FRAME_TOO_BIG, SPOP_ERR_VALUE, SPOP_ERR_NAME.
 */
export function encodeFrame(frame: Frame, { maxFrameBytes = DEFAULT_MAX_FRAME_BYTES }: FrameLimit = {}): Uint8Array {
  const w = new Writer(maxFrameBytes + LENGTH_PREFIX_BYTES, SMALL_FRAME_BYTES);
  writeFrame(w, frame, maxFrameBytes);
  return w.bytes.slice(0, w.at);
}

/** Appends one frame to a writer. Throws as `encodeFrame`; the writer is then as it was. */
export function writeFrame(w: Writer, frame: Frame, maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES): void {
  const before = w.at;
  try {
    endFrame(w, writePayload(w, frame), maxFrameBytes);
  } catch (error) {
    w.at = before;
    throw error;
  }
}

const KV_FRAME_TYPES = {
  'haproxy-hello': FrameType.HAPROXY_HELLO,
  'haproxy-disconnect': FrameType.HAPROXY_DISCONNECT,
  'agent-hello': FrameType.AGENT_HELLO,
  'agent-disconnect': FrameType.AGENT_DISCONNECT,
} as const;

function writePayload(w: Writer, frame: Frame): number {
  let start: number;
  switch (frame.type) {
    case 'notify':
      start = beginFrame(w, FrameType.NOTIFY, FrameFlag.FIN, frame.streamId, frame.frameId);
      writeMessages(w, frame.messages);
      return start;
    case 'notify-fragment':
    case 'unset': {
      const type = frame.type === 'unset' ? FrameType.UNSET : FrameType.NOTIFY;
      start = beginFrame(w, type, flagBits(frame.fin, frame.abort), frame.streamId, frame.frameId);
      writeBytes(w, frame.payload);
      return start;
    }
    case 'ack':
      start = beginFrame(w, FrameType.ACK, flagBits(true, frame.abort), frame.streamId, frame.frameId);
      writeActions(w, frame.actions);
      writeBytes(w, frame.unparsed);
      return start;
    case 'haproxy-hello':
    case 'haproxy-disconnect':
    case 'agent-hello':
    case 'agent-disconnect':
      start = beginFrame(w, KV_FRAME_TYPES[frame.type], FrameFlag.FIN, 0, 0);
      writeKvList(w, frame.entries);
      return start;
    default:
      return neverFrame(frame);
  }
}

function flagBits(fin: boolean, abort: boolean): number {
  return (fin ? FrameFlag.FIN : 0) | (abort ? FrameFlag.ABORT : 0);
}

function neverFrame(frame: never): never {
  const type = String((frame as { type?: unknown }).type);
  throw new SpopError('SPOP_ERR_FRAME_TYPE', `Cannot encode frame of type "${type}": SPOP 2.0 does not define it`);
}
