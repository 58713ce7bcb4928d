import { Socket } from 'node:net';

/** Bytes the system hands over at once at most. */
const READ_BYTES = 65_536;

/** Told of bytes that were read: the first `length` of `bytes`, valid during the call. False stops reading. */
export type ReadCallback = (this: Socket, length: number, bytes: Buffer) => boolean;

type Slots = Record<symbol, unknown>;
interface Found {
  readonly buffer: Buffer;
  /** Under which symbols sockets keep the two parts of their `onread` option. */
  readonly bufferSlot: symbol;
  readonly callbackSlot: symbol;
}

/** Looks at a socket that has the option: its symbols are not to be had otherwise. */
const find = (): Found | undefined => {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const callback = (): boolean => true;
  const probe = new Socket({ onread: { buffer, callback } }) as unknown as Slots;
  const slotOf = (value: unknown) => Object.getOwnPropertySymbols(probe).find((symbol) => probe[symbol] === value);
  const bufferSlot = slotOf(buffer);
  const callbackSlot = slotOf(callback);
  return bufferSlot === undefined || callbackSlot === undefined ? undefined : { buffer, bufferSlot, callbackSlot };
};

// Elsewhere a buffer is in use between the call that asks for bytes and the one that has them.
const IS_SAFE = process.platform !== 'win32';
let found: Found | false | undefined;

/**
 * Has a plain TCP or unix socket read into one buffer that all of them share, instead of 64 KiB of fresh memory per read, which
 * cost more than all else that is done for a small message. `net.Socket` can do that (`onread`), but not for sockets that a
 * server accepted: the option is put in place afterwards, the way `net` itself does it. Where that cannot be, nothing changes,
 * and false is returned.
 */
export const readShared = (socket: unknown, callback: ReadCallback): boolean => {
  found ??= (IS_SAFE && find()) || false;
  if (found === false || !(socket instanceof Socket) || socket.constructor !== Socket) return false;
  const { buffer, bufferSlot, callbackSlot } = found;
  const parts = socket as unknown as Slots & {
    readonly _handle?: { useUserBuffer?: (bytes: Uint8Array) => void } | null;
  };
  const { _handle: handle } = parts;
  if (typeof handle?.useUserBuffer !== 'function') return false;
  if (parts[bufferSlot] !== null || parts[callbackSlot] !== null) return false;
  handle.useUserBuffer(buffer);
  parts[bufferSlot] = buffer;
  parts[callbackSlot] = callback;
  return true;
};
