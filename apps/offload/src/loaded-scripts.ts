import { type Bridge, BridgeError, type LappsDoor, type LappsPlan, type StartReport } from '@offload/script-bridge';
import { ScriptRuntimeError } from '@offload/script-runtime';
import { ENGINE_NAMES } from './engines.js';
import { OffloadError } from './errors.js';
import type { LoadedMessage, LoadedService } from './ready-text.js';

/** The scripts and what they registered. */
export interface LoadedScripts {
  readonly scripts: readonly string[];
  readonly messages: readonly LoadedMessage[];
}

/** Starts the pool and the standalone services together, for they wait for each other. @throws OffloadError `OFFLOAD_ERR_SCRIPT` */
export async function startScripts({ pool }: Bridge, lapps: LappsDoor | undefined): Promise<LoadedScripts> {
  try {
    // Every worker loads the same files: one report speaks for all.
    const [[report]] = await Promise.all([pool.start() as Promise<readonly StartReport[]>, lapps?.start()]);
    return { scripts: report?.files.map(({ path }) => path) ?? [], messages: report?.messages ?? [] };
  } catch (error) {
    throw scriptError(error);
  }
}

/** What the scripts are to blame for, as the program reports it; anything else as it is. */
export function scriptError(error: unknown): unknown {
  if (error instanceof BridgeError) {
    return new OffloadError('OFFLOAD_ERR_CONFIG', error.message, { cause: error });
  }
  if (!(error instanceof ScriptRuntimeError)) return error;
  return new OffloadError('OFFLOAD_ERR_SCRIPT', `Cannot load the scripts:\n${scriptFault(error)}`, { cause: error });
}

/** A fault with file and line in front, where the message does not begin with them anyway. */
function scriptFault({ code, message, script, line, traceback }: ScriptRuntimeError): string {
  const place = script === undefined ? '' : line === undefined ? script : `${script}:${line}`;
  const head = (place === '' || message.includes(place) ? message : `${place}: ${message}`) + engineHint(message);
  // What the host's own code threw has a traceback in the host's files, which helps nobody here.
  return code === 'SCRIPT_ERR_RUNTIME' && traceback !== undefined ? `${head}\n${traceback}` : head;
}

/** For a file that is not there and whose name begins like ENGINE:FILE. */
function engineHint(message: string): string {
  const [, prefix] = /^Cannot read (?:.*\/)?(\w+):[^/]*: there is no such file/.exec(message) ?? [];
  return prefix === undefined ? '' : `\n${prefix} is no engine; there are ${ENGINE_NAMES.join(', ')}`;
}

/** The services that are started, as the ready page and `check` show them. */
export function loadedServices(plan: LappsPlan | undefined): LoadedService[] {
  return (plan?.services ?? []).map(({ spec, instances }) => ({
    name: spec.name,
    kind: spec.standalone === true ? 'standalone' : (spec.protocol ?? 'raw'),
    ...(spec.requestTarget === undefined || spec.standalone === true ? {} : { target: spec.requestTarget }),
    instances: instances.length,
    file: spec.file,
  }));
}
