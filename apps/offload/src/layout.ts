import { availableParallelism } from 'node:os';
import { canShareAddresses } from '@offload/script-bridge';
import type { Config } from './config.js';
import { ENGINES, languageOf, type ScriptSpec } from './engines.js';
import { ConfigError } from './errors.js';
import type { WsPlan } from './lapps/plan.js';
import { parseSocketAddress } from './listen-address.js';

/** Which thread does what. */
export interface Layout {
  /** Threads that take messages; the main thread counts as one. */
  readonly workers: number;
  /** Doors whose sockets are in the workers: no hop between threads, and no thread between a script and its sockets. */
  readonly direct: { readonly spop: boolean; readonly ws: boolean };
}

/**
 * Decides how many workers there are and what is direct where the configuration leaves that open. A single worker of
 * compiled Lua or Pyodide is: no other could take the next message, so that the way through another thread buys nothing but
 * what a script costs that cannot be interrupted, and these can nearly always.
 *
 * @throws ConfigError for what is asked for and cannot be
 */
export function layOut(config: Config, ws: WsPlan | undefined): Layout {
  if (config.inline) return { workers: 1, direct: { spop: false, ws: false } };
  const isQuick = isQuickOnly(config, ws);
  const workers = workerCount(config, isQuick);
  const isAlone = workers === 1 && isQuick;
  const wsDirect = ws !== undefined && wsIsDirect(config, ws, isAlone);
  const { enabled, direct } = config.spop;
  const spop = enabled && (direct === 'auto' ? isAlone && (ws === undefined || wsDirect) : direct);
  return { workers, direct: { spop, ws: wsDirect } };
}

/** Whether the engines of everything that runs in the workers are quick. */
function isQuickOnly(config: Config, ws: WsPlan | undefined): boolean {
  const services = (ws?.services ?? []).filter(({ standalone }) => standalone !== true) as readonly ScriptSpec[];
  return [...config.scripts, ...services].every((spec) => {
    const language = languageOf(spec);
    const engine = spec.engine ?? (language === undefined ? undefined : config[language].engine);
    return engine !== undefined && ENGINES[engine].isQuick;
  });
}

/**
 * `auto`: the main thread reads and writes all sockets, which is as much work as most handlers of quick engines: it gets a
 * CPU of its own then. Handlers of others are the greater part, or wait for what others do.
 */
function workerCount(config: Config, isQuick: boolean): number {
  const { workers, spop, ws } = config;
  const one = oneWorkerFor(config);
  if (workers !== 'auto') {
    if (one !== undefined && workers > 1) {
      const message = `${workers} workers ${one.why}: set workers to 1, or leave ${one.path} out`;
      throw new ConfigError([{ path: one.path, keys: one.path.split('.'), message }]);
    }
    return workers;
  }
  if (one !== undefined) return 1;
  const isShared = (spop.enabled && spop.direct === true) || (ws.enabled && ws.direct === true);
  return isQuick && !isShared ? Math.max(1, availableParallelism() - 1) : availableParallelism();
}

/** What is asked for that only one worker can do. */
function oneWorkerFor({ spop, ws }: Config): { readonly path: string; readonly why: string } | undefined {
  if (ws.enabled && ws.direct === true) {
    return { path: 'ws.direct', why: "cannot share browsers' connections" };
  }
  if (spop.enabled && spop.direct === true && !canShareAddresses()) {
    const why = `need Node 22.12 or later to share an address, this is ${process.versions.node}`;
    return { path: 'spop.direct', why };
  }
  return undefined;
}

function wsIsDirect({ ws: { direct, static: files } }: Config, ws: WsPlan, isAlone: boolean): boolean {
  if (direct === false) return false;
  const fault =
    files !== undefined
      ? 'files are served by the main thread: leave ws.static out'
      : ws.listen.some((text) => isUnixSocket(text))
        ? 'unix sockets are read by the main thread: listen on TCP addresses only'
        : undefined;
  if (direct === 'auto') return isAlone && fault === undefined;
  if (fault !== undefined) throw new ConfigError([{ path: 'ws.direct', keys: ['ws', 'direct'], message: fault }]);
  return true;
}

function isUnixSocket(text: string): boolean {
  const address = parseSocketAddress(text);
  return typeof address !== 'string' && 'path' in address;
}
