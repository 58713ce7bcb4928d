/**
 * Where WebSockets are served when nobody says otherwise. A file of its own, because the help text names it, and
 * next to the schema it made `--version` load zod and the WebSocket server: half of that command's time.
 */
export const DEFAULT_WS_LISTEN = '127.0.0.1:5083';
