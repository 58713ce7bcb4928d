/** The part of a WebSocket this package uses. Those of browsers, of Node and of ws all have it. */
export interface SocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array | string): void;
  close(code?: number, reason?: string): void;
}

/** Makes a socket that is about to connect. May be asynchronous. */
export type SocketFactory = (url: string, protocols: string[]) => SocketLike | Promise<SocketLike>;

/** How a connection ended. */
export interface CloseInfo {
  /** Close status; 1005 none given, 1006 no closing handshake. */
  readonly code: number;
  readonly reason: string;
}

/** What a session wants to hear of its socket. */
export interface SocketListener {
  onOpen(): void;
  onMessage(data: Uint8Array | string): void;
  /** Last call. */
  onClose(info: CloseInfo): void;
}

/** Wires a socket to a listener. A refused connection shows as `onClose` without `onOpen`. */
export const listenTo = (socket: SocketLike, listener: SocketListener): void => {
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => listener.onOpen();
  socket.onmessage = ({ data }: { data: ArrayBuffer | string }) =>
    listener.onMessage(typeof data === 'string' ? data : new Uint8Array(data));
  socket.onclose = ({ code, reason }: { code: number; reason: string }) => listener.onClose({ code, reason });
  // Every error is followed by a close, which tells as much.
  socket.onerror = () => undefined;
};

/** Takes the listener off, so that nothing more is heard. */
export const ignore = (socket: SocketLike): void => {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  socket.onerror = () => undefined;
};
