import type { FaultRecord } from '../records.js';
import type { Log } from './frontend.js';

/** Lines per window that one and the same fault gets. */
const LINES_PER_WINDOW = 10;
const WINDOW_MS = 10_000;
/** Different faults counted at once; more are logged under one name. */
const MAX_KEYS = 1000;

interface Count {
  lines: number;
  suppressed: number;
  last: FaultRecord;
}

/**
 * Writes faults of scripts to the log. A script that fails on every request must not drown the log, nor the thread
 * that writes it: of the same fault, ten lines in 10 s; then one that says how many more there were.
 */
export class FaultLog {
  private readonly log: Log;
  private readonly counts = new Map<string, Count>();
  private timer: NodeJS.Timeout | undefined;

  constructor(log: Log) {
    this.log = log;
  }

  write(record: FaultRecord, fields: Readonly<Record<string, unknown>>): void {
    const count = this.count(record);
    if (++count.lines > LINES_PER_WINDOW) {
      count.suppressed++;
      count.last = record;
      return;
    }
    const { message: _message, ...own } = record;
    this.log('error', placed(record), { ...fields, ...own });
  }

  private count(record: FaultRecord): Count {
    const exact = `${record.code} ${record.script}:${record.line} ${record.spoeMessage}`;
    const key = this.counts.size < MAX_KEYS || this.counts.has(exact) ? exact : '';
    let count = this.counts.get(key);
    if (count === undefined) {
      count = { lines: 0, suppressed: 0, last: record };
      this.counts.set(key, count);
    }
    if (this.timer === undefined) {
      this.timer = setTimeout(() => this.endWindow(), WINDOW_MS);
      this.timer.unref();
    }
    return count;
  }

  private endWindow(): void {
    this.timer = undefined;
    for (const { suppressed, last } of this.counts.values()) {
      if (suppressed === 0) continue;
      const { message: _message, traceback: _traceback, ...own } = last;
      this.log('error', `${suppressed} more like this in the last ${WINDOW_MS / 1000} s: ${placed(last)}`, own);
    }
    this.counts.clear();
  }
}

/** The message with script and line in front, where it does not name them anyway: "script timed out" could be any. */
function placed({ message, script, line }: FaultRecord): string {
  if (script === undefined || message.includes(script)) return message;
  return `${line === undefined ? script : `${script}:${line}`}: ${message}`;
}
