import { ActionType, BOOL_TRUE, DataType, type IntegerType, Scope } from './constants.js';
import { type Cursor, need, type Writer } from './cursor.js';
import { SpopError } from './errors.js';
import { readName, writeLatin1, writeVariableName } from './name.js';
import {
  readTypedData,
  type TypedData,
  writeAddress,
  writeByteString,
  writeInteger,
  writeTag,
  writeTypedData,
} from './typed-data.js';

/** An action of an ACK frame (SPOE.txt 3.2.7). `scope` is a number of `Scope`. */
export type Action =
  | { readonly type: 'set-var'; readonly scope: Scope; readonly name: string; readonly value: TypedData }
  | { readonly type: 'unset-var'; readonly scope: Scope; readonly name: string };

/** NB-ARGS of each action, as the wire states it. */
const SET_VAR_ARGS = 3;
const UNSET_VAR_ARGS = 2;

/** Reads actions up to the cursor's end. Throws SPOP_ERR_ACTION, SPOP_ERR_TRUNCATED, SPOP_ERR_VARINT. */
export function readActions(c: Cursor): Action[] {
  const actions: Action[] = [];
  while (c.at < c.end) actions.push(readAction(c));
  return actions;
}

/**
 * Reads actions as HAProxy does: the first one it cannot parse ends the list without an error, those before it
 * count (spop.md 1.5). Leaves the cursor where that one begins, or at its end.
 */
export function readActionsLikeHaproxy(c: Cursor): Action[] {
  const actions: Action[] = [];
  while (c.at < c.end) {
    const start = c.at;
    try {
      actions.push(readAction(c));
    } catch (error) {
      if (!(error instanceof SpopError)) throw error;
      c.at = start;
      break;
    }
  }
  return actions;
}

/** Reads one action. Names are not judged: HAProxy skips an action with a bad name and goes on. */
export function readAction(c: Cursor): Action {
  const start = c.at;
  need(c, 3);
  const type = c.bytes[c.at]!;
  const count = c.bytes[c.at + 1]!;
  const scope = c.bytes[c.at + 2]!;
  const wanted = type === ActionType.SET_VAR ? SET_VAR_ARGS : type === ActionType.UNSET_VAR ? UNSET_VAR_ARGS : -1;
  if (count !== wanted || scope > Scope.RES) {
    const message = `Cannot decode action at offset ${start}: type ${type}, ${count} args, scope ${scope}`;
    throw new SpopError('SPOP_ERR_ACTION', message, { offset: start });
  }
  c.at += 3;
  const name = readName(c);
  if (type === ActionType.UNSET_VAR) return { type: 'unset-var', scope: scope as Scope, name };
  return { type: 'set-var', scope: scope as Scope, name, value: readTypedData(c) };
}

/**
 * Writes actions in their order. Names, scopes and values are checked first, since HAProxy would drop a bad action,
 * and maybe all after it, without a word. Throws SPOP_ERR_NAME, SPOP_ERR_VALUE, SPOP_ERR_FRAME_TOO_BIG; the writer
 * then ends after the last action that was written whole.
 */
export function writeActions(w: Writer, actions: readonly Action[]): void {
  for (const action of actions) {
    if (action.type === 'set-var') writeSetVar(w, action.scope, action.name, action.value);
    else writeUnsetVar(w, action.scope, action.name);
  }
}

/*
 * The writers below each write one whole action or, on an error, nothing.
 * Errors: SPOP_ERR_NAME, SPOP_ERR_VALUE (value or scope), SPOP_ERR_FRAME_TOO_BIG.
 */

/** Writes `set-var` with a value of any type. */
export function writeSetVar(w: Writer, scope: Scope, name: string, value: TypedData): void {
  const start = w.at;
  try {
    writeHead(w, ActionType.SET_VAR, SET_VAR_ARGS, scope, name);
    writeTypedData(w, value);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

/** Writes `set-var` NULL, which unsets the variable. */
export function writeSetVarNull(w: Writer, scope: Scope, name: string): void {
  const start = w.at;
  try {
    writeHead(w, ActionType.SET_VAR, SET_VAR_ARGS, scope, name);
    writeTag(w, DataType.NULL);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

export function writeSetVarBool(w: Writer, scope: Scope, name: string, value: boolean): void {
  const start = w.at;
  try {
    writeHead(w, ActionType.SET_VAR, SET_VAR_ARGS, scope, name);
    writeTag(w, value ? BOOL_TRUE : DataType.BOOL);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

/** Writes `set-var` with an integer of the tag asked for; its range is checked. */
export function writeSetVarInt(w: Writer, scope: Scope, name: string, type: IntegerType, value: number | bigint): void {
  const start = w.at;
  try {
    writeHead(w, ActionType.SET_VAR, SET_VAR_ARGS, scope, name);
    writeInteger(w, type, value);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

/** Writes `set-var` with an address: 4 bytes for IPV4 (6), 16 for IPV6 (7), network order. */
export function writeSetVarAddress(w: Writer, scope: Scope, name: string, type: 6 | 7, bytes: Uint8Array): void {
  const start = w.at;
  try {
    writeHead(w, ActionType.SET_VAR, SET_VAR_ARGS, scope, name);
    writeAddress(w, type, bytes);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

/** Writes `set-var` with a STRING (8) or BINARY (9) of the given bytes. */
export function writeSetVarBytes(w: Writer, scope: Scope, name: string, type: 8 | 9, bytes: Uint8Array): void {
  const start = w.at;
  try {
    writeHead(w, ActionType.SET_VAR, SET_VAR_ARGS, scope, name);
    writeByteString(w, type, bytes);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

/** Writes `set-var` with a STRING (8) or BINARY (9) of one byte per character (0..255) of `text`. */
export function writeSetVarLatin1(w: Writer, scope: Scope, name: string, type: 8 | 9, text: string): void {
  const start = w.at;
  try {
    writeHead(w, ActionType.SET_VAR, SET_VAR_ARGS, scope, name);
    writeTag(w, type);
    writeLatin1(w, text);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

/** Writes `unset-var`. */
export function writeUnsetVar(w: Writer, scope: Scope, name: string): void {
  const start = w.at;
  try {
    writeHead(w, ActionType.UNSET_VAR, UNSET_VAR_ARGS, scope, name);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

function writeHead(w: Writer, type: number, count: number, scope: Scope, name: string): void {
  if (!(scope >= Scope.PROC && scope <= Scope.RES && Number.isInteger(scope))) {
    throw new SpopError('SPOP_ERR_VALUE', `Cannot encode scope ${scope}: 0 (proc) to 4 (res) is needed`, {
      offset: w.at,
    });
  }
  w.reserve(3);
  const bytes = w.bytes;
  const at = w.at;
  bytes[at] = type;
  bytes[at + 1] = count;
  bytes[at + 2] = scope;
  w.at = at + 3;
  writeVariableName(w, name);
}
