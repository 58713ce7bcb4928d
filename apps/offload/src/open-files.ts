import { readFileSync } from 'node:fs';
import { DEFAULT_SERVER_LIMITS } from '@offload/lapps-server';
import type { Config } from './config.js';
import type { WsPlan } from './lapps/plan.js';

/** What the program has open besides connections: threads, interpreters, scripts; a few dozen in most cases. */
const OWN_FILES = 100;

/** Files this process may have open; undefined where the system does not say. Node has raised the soft limit to the hard one. */
export function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)\s/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** What as many connections as the configuration allows would take. */
export function openFilesNeeded({ spop }: Config, ws: WsPlan | undefined): number {
  const { maxConnections, maxPendingHandshakes } = { ...DEFAULT_SERVER_LIMITS, ...defined(ws?.server.limits ?? {}) };
  return (
    OWN_FILES +
    (spop.enabled ? spop.limits.maxConnections : 0) +
    (ws === undefined ? 0 : maxConnections + maxPendingHandshakes)
  );
}

const defined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Says at start what nobody would say later: a connection for which there is no file left is closed by Node without a word. */
export function openFilesWarning(needed: number, limit = openFilesLimit()): string | undefined {
  if (limit === undefined || limit >= needed) return undefined;
  return (
    `Only ${limit} files may be open, and as many connections as are allowed need ${needed}: those beyond are closed unanswered. ` +
    'Raise the hard limit (ulimit -Hn, LimitNOFILE of systemd), or lower maxConnections of spop.limits or ws.limits'
  );
}
