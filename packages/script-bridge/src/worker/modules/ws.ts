import { checkOutMessage } from '@offload/lapps-codec';
import { HostError, type HostModule, HostObject, type HostResult, type ScriptValue } from '@offload/script-runtime';
import { RecordKind } from '../../records.js';
import { givenDocument } from '../json/plain.js';
import { readableText } from '../json/text.js';
import { MAX_DOCUMENT_BYTES } from '../json/value.js';
import { pythonPrelude } from '../python/preludes.js';
import { MessageCall } from '../services/message-call.js';
import type { ModuleContext } from './context.js';
import { Utf8Check } from './utf8-text.js';
import { bytesTextOf, failed, numberOf } from './values.js';

const SEND_USAGE = 'Usage: ws:send(handler, nljson) or ws:send(handler, opcode, string)';
const CLOSE_USAGE = 'Usage: ws:close(handler, code[, reason])';

/**
 * `ws` (`lapps.md 3.4`), called with a colon. `true`, or `false, text`: for arguments that are wrong, and for a handler
 * that is not open any more or never was. Unlike LAppS it sends no text that is not UTF-8 (RFC 6455 5.6).
 */
export function createWsModule(context: ModuleContext): HostModule {
  const { connections } = context.shared;
  const closed = failed('the handler is not open');
  const notText = failed('text is not UTF-8: send it with opcode 2');
  const utf8 = new Utf8Check();
  const send = (
    handler: ScriptValue,
    second: ScriptValue,
    payload: ScriptValue,
    ...more: ScriptValue[]
  ): HostResult => {
    if (more.length > 0) return failed(SEND_USAGE);
    const id = typeof handler === 'number' ? handler : numberOf(handler);
    if (id === undefined) return failed(`handler must be a number. ${SEND_USAGE}`);
    if (typeof second === 'object' && second !== null) return sendDocument(context, id, second, payload);
    const binary = second === 2 || second === '2';
    if (!binary && second !== 1 && second !== '1') return failed(`opcode must be 1 or 2. ${SEND_USAGE}`);
    const text = typeof payload === 'string' ? payload : bytesTextOf(payload);
    if (text === undefined) return failed(`payload must be a string. ${SEND_USAGE}`);
    if (!connections.isOpen(id)) return closed;
    if (text.length > MAX_DOCUMENT_BYTES) return failed(`${text.length} bytes, more than ${MAX_DOCUMENT_BYTES}`);
    // Browsers end the connection at a text that is none.
    if (!binary && !utf8.isUtf8(text)) return notText;
    context.outbound.sendText(binary ? RecordKind.WsSendBinary : RecordKind.WsSendText, id, text);
    return true;
  };
  return {
    name: 'ws',
    style: 'colon',
    functions: { send, close: (...args) => close(context, args) },
    preludes: {
      get python() {
        return pythonPrelude('ws');
      },
    },
  };
}

function sendDocument(
  context: ModuleContext,
  id: number,
  value: ScriptValue & object,
  payload: ScriptValue,
): HostResult {
  if (payload !== undefined && payload !== null) return failed(SEND_USAGE);
  const given = givenDocument(value, context.engine().language);
  if (given === undefined) {
    if (value instanceof HostObject) throw new HostError(`nljson expected, got ${value.class.name}`);
    return failed(SEND_USAGE);
  }
  const fault = checkOutMessage(given);
  if (fault !== undefined) return failed(fault.message);
  if (!context.shared.connections.isOpen(id)) return failed('the handler is not open');
  context.outbound.sendDocument(id, given);
  const call = context.host.current;
  if (call instanceof MessageCall) call.noteSent(id, given);
  return true;
}

/** Codes a script may close with: those of RFC 6455 7.4 that may be sent, and its own. */
function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 1000 && code <= 1011) return code < 1004 || code > 1006;
  return code >= 3000 && code <= 4999;
}

function close({ shared, outbound, closing }: ModuleContext, args: readonly ScriptValue[]): HostResult {
  const [handler, second, third] = args;
  if (args.length < 2 || args.length > 3) return failed(CLOSE_USAGE);
  const id = numberOf(handler);
  const code = numberOf(second);
  if (id === undefined || code === undefined) return failed(`handler and code must be numbers. ${CLOSE_USAGE}`);
  if (!isCloseCode(code)) return failed(`${code} is no code to close with: 1000 to 1003, 1007 to 1011, 3000 to 4999`);
  const reason = third === undefined || third === null ? '' : bytesTextOf(third);
  if (reason === undefined) return failed(`reason must be a string. ${CLOSE_USAGE}`);
  // Whoever clears the mark sends the one Close frame; nothing can be sent after it.
  if (!shared.connections.close(id)) return failed('the handler is not open');
  closing(id);
  // A Close frame has room for 123 bytes; a few more keep the last character whole until the server cuts.
  outbound.close(id, code, readableText(reason.slice(0, 128)));
  return true;
}
