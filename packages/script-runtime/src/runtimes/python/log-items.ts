import type { EngineHost, LogLevel } from '../../runtime.js';
import { readFault } from './faults.js';
import { readable } from './host-functions.js';
import type { MarshalReader } from './marshal-reader.js';

type Logger = Pick<EngineHost, 'log'>;

/** Logs a line of a script: reads the rest of its item, `level, script, text`. */
export function logLine(r: MarshalReader, host: Logger): void {
  const level = (r.textOrNull() ?? 'info') as LogLevel;
  const script = r.textOrNull();
  const fields = script === undefined ? undefined : { script: readable(script) };
  host.log(level, readable(r.textOrNull() ?? ''), fields);
}

/** Logs a fault that no call waits for: reads the rest of its item, `what, code, message, script, line, traceback`. */
export function logStray(r: MarshalReader, host: Logger): void {
  const what = readable(r.textOrNull() ?? '');
  const { message, ...fields } = readFault(r).toData();
  const { script, line } = fields;
  const place = script === undefined ? '' : line === undefined ? `${script}: ` : `${script}:${line}: `;
  host.log('error', `${place}${what}: ${message}`, fields);
}
