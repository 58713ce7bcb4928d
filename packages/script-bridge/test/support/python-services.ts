/** Long enough for a machine with other things to do: Pyodide takes seconds the first time. */
export const SLOW = 120_000;
export const TIMEOUT_MS = 30_000;

/** A service that has every function it needs, and this one. */
export const FULL = (body: string): string => `
import bcast, cws, nap, nljson, offload, ws
def on_start(): pass
def on_disconnect(handler): pass
def on_shutdown(): pass
${body}`;
