import {
  type CborInput,
  type CborLimits,
  decodeMessage,
  encodeError,
  encodeNotification,
  encodeResult,
  type InboundMessage,
  LappsCodecError,
  type PlainValue,
  RpcCode,
  textFrameError,
  toPlain,
} from '@offload/lapps-codec';
import type { Connection } from './connection.js';
import type { ServiceOptions } from './service.js';

/** What a method throws to answer with an error of its own; anything else thrown is answered with -32603. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: number;
  readonly data: CborInput | undefined;

  /** @param code see `lapps.md 1.1`: -32768 to -32000 are reserved */
  constructor(code: number, message: string, data?: CborInput) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** A request or notification as handlers see it: maps are objects that inherit nothing (`toPlain`). */
export interface LappsCall {
  readonly connection: Connection;
  readonly method: string;
  /** Empty when the message had none. */
  readonly params: readonly PlainValue[];
  /** Channel of a notification, undefined for requests. */
  readonly cid: number | bigint | undefined;
  /** The message as decoded, unknown members included. */
  readonly message: InboundMessage['message'];
}

type Result = readonly CborInput[] | undefined;

export interface LappsServiceOptions extends Omit<ServiceOptions, 'protocol' | 'onMessage'> {
  /**
   * Requests by method name. What a method returns is the `result` array; undefined is an empty one. Unknown methods are
   * answered with -32601. Responses go out in the order of the requests, however long each takes, and before a Close that the
   * client sent behind them is answered (for `closeTimeoutMs`).
   */
  readonly methods?: { readonly [name: string]: (call: LappsCall) => Result | Promise<Result> } | undefined;
  /** Notifications. What it returns is ignored; a fault closes the connection with 1011. */
  readonly onNotification?: ((call: LappsCall) => unknown) | undefined;
  /** Told of a method's fault that is no {@link RequestError}: the client learns nothing of it but -32603. */
  readonly onFault?: ((fault: unknown, call: LappsCall) => void) | undefined;
  /** Unanswered requests per connection beyond which nothing more is read from it. Default 64. */
  readonly maxPendingRequests?: number | undefined;
  readonly cborLimits?: Partial<CborLimits> | undefined;
}

/**
 * Answers a message that is not LAppS: an error object on channel 0, then Close: 1003 for text, 1007 for bad CBOR, 1002 for an
 * invalid message (`lapps.md 1.6`). For services that decode by themselves.
 */
export const refuseMessage = (connection: Connection, fault: LappsCodecError): void => {
  connection.send(encodeError({ code: fault.rpcCode, message: fault.message }));
  connection.close(fault.closeCode, fault.code);
};

/** Sends a notification (OON) on a channel other than 0. Returns as `connection.send`. @throws LappsCodecError `LAPPS_ERR_ENCODE_*` */
export const notify = (connection: Connection, cid: number | bigint, message: readonly CborInput[]): boolean =>
  connection.send(encodeNotification(cid, message));

/** Responses of one connection, waiting for their turn: slot by slot in the order of the requests. */
class ResponseQueue {
  readonly #connection: Connection;
  readonly #max: number;
  readonly #slots: { bytes: Uint8Array | undefined }[] = [];
  #paused = false;
  #emptied: (() => void) | undefined;

  constructor(connection: Connection, max: number) {
    this.#connection = connection;
    this.#max = max;
  }

  get isEmpty(): boolean {
    return this.#slots.length === 0;
  }

  /** Takes the next place; the function returned fills it. */
  reserve(): (bytes: Uint8Array) => void {
    const slot: { bytes: Uint8Array | undefined } = { bytes: undefined };
    this.#slots.push(slot);
    if (this.#slots.length >= this.#max && !this.#connection.paused) {
      this.#paused = true;
      this.#connection.pauseReading();
    }
    return (bytes) => {
      slot.bytes = bytes;
      this.#release();
    };
  }

  /** Resolves when no request is without its response. */
  empty(): Promise<void> | undefined {
    if (this.isEmpty) return undefined;
    return new Promise((resolve) => (this.#emptied = resolve));
  }

  #release(): void {
    while (this.#slots[0]?.bytes !== undefined) this.#connection.send(this.#slots.shift()!.bytes!);
    if (this.isEmpty) this.#emptied?.();
    if (!this.#paused || this.#slots.length >= this.#max) return;
    this.#paused = false;
    this.#connection.resumeReading();
  }
}

const isPromise = (result: Result | Promise<Result>): result is Promise<Result> =>
  typeof (result as PromiseLike<Result> | undefined)?.then === 'function';

const encodeFault = (fault: unknown): Uint8Array => {
  if (fault instanceof RequestError) return encodeError({ code: fault.code, message: fault.message, data: fault.data });
  return encodeError({ code: RpcCode.internalError, message: 'Internal error' });
};

const decode = (data: Buffer, isBinary: boolean, limits: Partial<CborLimits> | undefined): InboundMessage => {
  if (!isBinary) throw textFrameError();
  return decodeMessage(data, limits);
};

/**
 * A LAppS service of decoded, valid messages (`lapps.md 1`). Whatever else a client sends is answered as {@link refuseMessage}
 * does. A method's fault that is no {@link RequestError}, a result that cannot be sent among them, is answered with -32603 and
 * costs only that request.
 */
export const lappsService = (options: LappsServiceOptions): ServiceOptions => {
  const { methods = {}, onNotification, onFault, onClosing, maxPendingRequests = 64, cborLimits, ...rest } = options;
  const queues = new WeakMap<Connection, ResponseQueue>();
  const queueOf = (connection: Connection): ResponseQueue => {
    const queue = queues.get(connection) ?? new ResponseQueue(connection, maxPendingRequests);
    queues.set(connection, queue);
    return queue;
  };

  const fail = (call: LappsCall, fault: unknown): Uint8Array => {
    if (!(fault instanceof RequestError)) onFault?.(fault, call);
    return encodeFault(fault);
  };

  const answer = (call: LappsCall): Uint8Array | Promise<Uint8Array> => {
    const { method } = call;
    if (!Object.hasOwn(methods, method)) {
      return encodeError({ code: RpcCode.methodNotFound, message: 'Method not found' });
    }
    try {
      const result = methods[method]!(call);
      // Most methods have their answer at once: what a promise costs is a good part of what a request does.
      if (!isPromise(result)) return encodeResult(result ?? []);
      return Promise.resolve(result)
        .then((later) => encodeResult(later ?? []))
        .catch((fault) => fail(call, fault));
    } catch (fault) {
      return fail(call, fault);
    }
  };

  const respond = (connection: Connection, response: Uint8Array | Promise<Uint8Array>): unknown => {
    if (response instanceof Promise) return response.then(queueOf(connection).reserve());
    const queue = queues.get(connection);
    if (queue === undefined || queue.isEmpty) return connection.send(response, true, true);
    return queue.reserve()(response);
  };

  const onMessage = (connection: Connection, data: Buffer, isBinary: boolean): unknown => {
    let inbound: InboundMessage;
    try {
      inbound = decode(data, isBinary, cborLimits);
    } catch (fault) {
      if (!(fault instanceof LappsCodecError)) throw fault;
      return refuseMessage(connection, fault);
    }
    const { method, cid, message } = inbound;
    const params = inbound.params === undefined ? [] : (toPlain(inbound.params) as PlainValue[]);
    const call: LappsCall = { connection, method, params, cid, message };
    if (cid !== undefined) return onNotification?.(call);
    return respond(connection, answer(call));
  };
  return {
    ...rest,
    protocol: 'LAppS',
    onMessage,
    onClosing: (connection) => Promise.all([onClosing?.(connection), queues.get(connection)?.empty()]),
  };
};
