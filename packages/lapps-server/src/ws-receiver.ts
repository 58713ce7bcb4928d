import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/** The part of ws that reads frames; its `write` is all that is used of it. */
export type WsReceiver = Writable;

/** Not of the documented interface of ws, whose version is pinned. */
export const receiverOf = (ws: WebSocket): WsReceiver =>
  (ws as unknown as { readonly _receiver: WsReceiver })._receiver;

/** Gives ws bytes to read, past a `write` that was put in the place of its own. */
export const passOn = (receiver: WsReceiver, chunk: Buffer): boolean => {
  const { write } = Object.getPrototypeOf(receiver) as { write(this: WsReceiver, chunk: Buffer): boolean };
  return write.call(receiver, chunk);
};
