import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/** The part of ws that reads frames; its `write` is all that is used of it. */
export type WsReceiver = Writable;

const NO_BYTES = Buffer.alloc(0);

/** Not of the documented interface of ws, whose version is pinned. */
export const receiverOf = (ws: WebSocket): WsReceiver =>
  (ws as unknown as { readonly _receiver: WsReceiver })._receiver;

/** Gives ws bytes to read, past a `write` that was put in the place of its own. */
export const passOn = (receiver: WsReceiver, chunk: Buffer, then?: () => void): boolean => {
  const { write } = Object.getPrototypeOf(receiver) as {
    write(this: WsReceiver, chunk: Buffer, then?: () => void): boolean;
  };
  return write.call(receiver, chunk, then);
};

/** Calls `then` when ws has read all that it was given: what is compressed takes it a while. */
export const whenRead = (receiver: WsReceiver, then: () => void): void => {
  if (receiver.writable) passOn(receiver, NO_BYTES, then);
  else then();
};
