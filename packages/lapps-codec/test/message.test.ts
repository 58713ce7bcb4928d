import { describe, expect, it } from 'vitest';
import {
  encodeClientNotification,
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
} from '../src/build.js';
import { decodeCbor, encodeCbor } from '../src/cbor.js';
import type { LappsCodecError, LappsCodecErrorCode } from '../src/errors.js';
import { decodeMessage, textFrameError } from '../src/message.js';
import { checkBroadcast, checkOutMessage } from '../src/outbound.js';
import { decodeServerMessage } from '../src/server-message.js';
import type { CborInput } from '../src/value.js';

const head = { lapps: 1, method: 'm' };

/** lapps.md 1.2, rules 3 to 6 in order. */
const ACCEPTED: readonly (readonly [name: string, item: CborInput, type: number])[] = [
  ['a request', head, 3],
  ['a request with params', { ...head, params: [1] }, 4],
  ['params that is empty', { ...head, params: [] }, 3],
  ['params that is null', { ...head, params: null }, 3],
  ['params that is a map', { ...head, params: { a: 1 } }, 3],
  ['params that is text', { ...head, params: 'x' }, 3],
  ['a notification', { ...head, cid: 5 }, 1],
  ['a notification with params', { ...head, cid: 5, params: [null] }, 2],
  ['cid 0', { ...head, cid: 0 }, 1],
  ['cid negative', { ...head, cid: -7 }, 1],
  ['cid fractional', { ...head, cid: 0.5 }, 1],
  ['cid beyond 2^53', { ...head, cid: 2n ** 63n }, 1],
  ['cid NaN', { ...head, cid: Number.NaN }, 1],
  ['unknown members', { ...head, jsonrpc: '2.0', id: [] }, 3],
  ['an inner underscore', { lapps: 1, method: 'a_b' }, 3],
  ['a method of one char', { lapps: 1, method: ' ' }, 3],
];

const REFUSED: readonly (readonly [name: string, item: CborInput, code: LappsCodecErrorCode])[] = [
  ['an array', [head], 'LAPPS_ERR_NOT_A_MAP'],
  ['null', null, 'LAPPS_ERR_NOT_A_MAP'],
  ['text', 'lapps', 'LAPPS_ERR_NOT_A_MAP'],
  ['an empty map', {}, 'LAPPS_ERR_BAD_VERSION'],
  ['no version', { method: 'm' }, 'LAPPS_ERR_BAD_VERSION'],
  ['version true', { ...head, lapps: true }, 'LAPPS_ERR_BAD_VERSION'],
  ['version "1"', { ...head, lapps: '1' }, 'LAPPS_ERR_BAD_VERSION'],
  ['version 2', { ...head, lapps: 2 }, 'LAPPS_ERR_BAD_VERSION'],
  ['version 1.5', { ...head, lapps: 1.5 }, 'LAPPS_ERR_BAD_VERSION'],
  ['version before method', { lapps: 2, method: '_' }, 'LAPPS_ERR_BAD_VERSION'],
  ['no method', { lapps: 1 }, 'LAPPS_ERR_BAD_METHOD'],
  ['method null', { lapps: 1, method: null }, 'LAPPS_ERR_BAD_METHOD'],
  ['method empty', { lapps: 1, method: '' }, 'LAPPS_ERR_BAD_METHOD'],
  ['method with underscore', { lapps: 1, method: '_m' }, 'LAPPS_ERR_BAD_METHOD'],
  ['method with a dot', { lapps: 1, method: 'a.b' }, 'LAPPS_ERR_BAD_METHOD'],
  ['method before cid', { lapps: 1, method: '', cid: 'x' }, 'LAPPS_ERR_BAD_METHOD'],
  ['cid null', { ...head, cid: null }, 'LAPPS_ERR_BAD_CID'],
  ['cid text', { ...head, cid: '5' }, 'LAPPS_ERR_BAD_CID'],
  ['cid true', { ...head, cid: true }, 'LAPPS_ERR_BAD_CID'],
];

describe('decodeMessage()', () => {
  it.each(ACCEPTED)('decodeMessage() takes %s', (_name, item, type) => {
    const message = decodeMessage(encodeCbor(item));
    expect(message.type).toBe(type);
    expect(message.params === undefined).toBe(type % 2 === 1);
    expect(message.cid === undefined).toBe(type > 2);
    expect(message.message).toEqual(decodeCbor(encodeCbor(item)));
  });

  it('decodeMessage() takes version 1.0 as a float of every width', () => {
    for (const one of ['f93c00', 'fa3f800000', 'fb3ff0000000000000', '01', '1b0000000000000001']) {
      const bytes = Uint8Array.from(Buffer.from(`a2656c61707073${one}666d6574686f64616d`, 'hex'));
      expect(decodeMessage(bytes).method).toBe('m');
    }
  });

  it.each(REFUSED)('decodeMessage() answers %s with 1002 and -32600', (_name, item, code) => {
    expect(() => decodeMessage(encodeCbor(item))).toThrow(
      expect.objectContaining({ name: 'LappsCodecError', code, closeCode: 1002, rpcCode: -32600 }),
    );
  });

  it('decodeMessage() answers bad CBOR with 1007 and -32700, a text frame means 1003 and -32600', () => {
    expect(() => decodeMessage(Uint8Array.of(0xff))).toThrow(
      expect.objectContaining({ closeCode: 1007, rpcCode: -32700 }),
    );
    expect(textFrameError()).toMatchObject({ code: 'LAPPS_ERR_TEXT_FRAME', closeCode: 1003, rpcCode: -32600 });
  });
});

const codeOf = (fault: LappsCodecError | undefined): string => fault?.code ?? 'ok';
const decoded = (item: CborInput) => decodeCbor(encodeCbor(item));

/** lapps.md 1.3, `ws:send`. */
const OUT: readonly (readonly [name: string, item: CborInput, outcome: string])[] = [
  ['an array', [], 'LAPPS_ERR_OUT_NOT_A_MAP'],
  ['no cid', { status: 1, result: [] }, 'LAPPS_ERR_OUT_CID'],
  ['cid null', { cid: null, status: 1, result: [] }, 'LAPPS_ERR_OUT_CID'],
  ['cid text', { cid: '0', status: 1, result: [] }, 'LAPPS_ERR_OUT_CID'],
  ['no status', { cid: 0, result: [] }, 'LAPPS_ERR_OUT_STATUS'],
  ['status true', { cid: 0, status: true, result: [] }, 'LAPPS_ERR_OUT_STATUS'],
  ['status 2', { cid: 0, status: 2, result: [] }, 'LAPPS_ERR_OUT_STATUS'],
  ['status 0.5', { cid: 0, status: 0.5, result: [] }, 'LAPPS_ERR_OUT_STATUS'],
  ['a result', { cid: 0, status: 1, result: [1] }, 'ok'],
  ['an empty result', { cid: 0, status: 1, result: [] }, 'ok'],
  ['no result', { cid: 0, status: 1 }, 'LAPPS_ERR_OUT_RESULT'],
  ['a result that is a map', { cid: 0, status: 1, result: {} }, 'LAPPS_ERR_OUT_RESULT'],
  ['an error', { cid: 0, status: 0, error: { code: -1.5, message: '' } }, 'ok'],
  ['an error with extras', { cid: 0, status: 0, error: { code: 1, message: 'x', data: [] }, more: 1 }, 'ok'],
  ['an error on channel 3', { cid: 3, status: 0, error: { code: 1, message: 'x' } }, 'LAPPS_ERR_OUT_CID'],
  ['no error', { cid: 0, status: 0 }, 'LAPPS_ERR_OUT_ERROR'],
  ['an error that is text', { cid: 0, status: 0, error: 'x' }, 'LAPPS_ERR_OUT_ERROR'],
  ['an error without code', { cid: 0, status: 0, error: { message: 'x' } }, 'LAPPS_ERR_OUT_ERROR'],
  ['an error without text', { cid: 0, status: 0, error: { code: 1 } }, 'LAPPS_ERR_OUT_ERROR'],
  ['an OON', { cid: 5, status: 1, message: [] }, 'ok'],
  ['an OON on a bigint channel', { cid: 2n ** 60n, status: 1, message: [] }, 'ok'],
  ['an OON without message', { cid: 5, status: 1, result: [] }, 'LAPPS_ERR_OUT_MESSAGE'],
  ['an OON without status', { cid: 5, message: [] }, 'LAPPS_ERR_OUT_STATUS'],
];

describe('outbound checks', () => {
  it.each(OUT)('checkOutMessage() judges %s', (_name, item, outcome) => {
    expect(codeOf(checkOutMessage(decoded(item)))).toBe(outcome);
  });

  it.each([
    ['an OON without status', { cid: 5, message: [1] }, 'ok'],
    ['channel 0', { cid: 0, message: [] }, 'ok'],
    ['any status', { cid: 5, status: 'x', message: [] }, 'ok'],
    ['no cid', { message: [] }, 'LAPPS_ERR_OUT_CID'],
    ['cid null', { cid: null, message: [] }, 'LAPPS_ERR_OUT_CID'],
    ['no message', { cid: 5 }, 'LAPPS_ERR_OUT_MESSAGE'],
    ['message null', { cid: 5, message: null }, 'LAPPS_ERR_OUT_MESSAGE'],
    ['text', 'x', 'LAPPS_ERR_OUT_NOT_A_MAP'],
  ] satisfies [string, CborInput, string][])('checkBroadcast() judges %s', (_name, item, outcome) => {
    expect(codeOf(checkBroadcast(decoded(item)))).toBe(outcome);
  });

  it('encodeResult(), encodeError() and encodeNotification() build what checkOutMessage() lets through', () => {
    const built = [encodeResult([1]), encodeError({ code: -32601, message: 'no' }), encodeNotification(5, ['x'])];
    for (const bytes of built) expect(codeOf(checkOutMessage(decodeCbor(bytes)))).toBe('ok');
  });

  it.each<[code: string, build: () => Uint8Array]>([
    ['LAPPS_ERR_OUT_RESULT', () => encodeResult(5 as never)],
    ['LAPPS_ERR_OUT_ERROR', () => encodeError({ code: '1' as never, message: 'no' })],
    ['LAPPS_ERR_OUT_ERROR', () => encodeError({ code: 1, message: undefined as never })],
    ['LAPPS_ERR_OUT_CID', () => encodeNotification(0, ['x'])],
    ['LAPPS_ERR_OUT_CID', () => encodeNotification('5' as never, ['x'])],
    ['LAPPS_ERR_OUT_MESSAGE', () => encodeNotification(5, 'x' as never)],
  ])('encode..() of a message that must not go out throws %s', (code, build) => {
    expect(build).toThrow(expect.objectContaining({ code }));
  });

  it('encodeRequest() and encodeClientNotification() build what decodeMessage() takes', () => {
    expect(decodeMessage(encodeRequest('m')).type).toBe(3);
    expect(decodeMessage(encodeRequest('m', [1])).type).toBe(4);
    expect(decodeMessage(encodeClientNotification(0, 'm')).type).toBe(1);
    expect(decodeMessage(encodeClientNotification(5, 'm', [1])).type).toBe(2);
  });
});

describe('decodeServerMessage()', () => {
  it('decodeServerMessage() tells results, errors and notifications apart', () => {
    expect(decodeServerMessage(encodeResult([1, 2]))).toMatchObject({ kind: 'result', result: [1, 2] });
    expect(decodeServerMessage(encodeError({ code: 10, message: 'no', data: 5 }))).toMatchObject({
      kind: 'error',
      code: 10,
      text: 'no',
      data: 5,
    });
    expect(decodeServerMessage(encodeNotification(5, ['x']))).toMatchObject({
      kind: 'notification',
      cid: 5,
      items: ['x'],
    });
  });

  it('decodeServerMessage() takes broadcasts without status, on channel 0 too', () => {
    expect(decodeServerMessage(encodeCbor({ cid: 0, message: [1] }))).toMatchObject({ kind: 'notification', cid: 0 });
    expect(decodeServerMessage(encodeCbor({ cid: 6, message: [] }))).toMatchObject({ kind: 'notification', cid: 6 });
  });

  it.each([
    ['an array', []],
    ['no cid', { result: [] }],
    ['nothing known', { cid: 0, status: 1 }],
    ['an error of text', { cid: 0, status: 0, error: 'x' }],
    ['an error without code', { cid: 0, status: 0, error: { message: 'x' } }],
  ] satisfies [string, CborInput][])('decodeServerMessage() refuses %s', (_name, item) => {
    expect(() => decodeServerMessage(encodeCbor(item))).toThrow(
      expect.objectContaining({ code: 'LAPPS_ERR_BAD_MESSAGE', closeCode: 1002 }),
    );
  });
});
