import { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { destination, type Logger, pino } from 'pino';
import type { LogConfig } from './config/log.js';

export type { Logger } from 'pino';

/** Fields with a fixed meaning; a line has those that apply, in this order, then its own. */
export interface LogFields {
  /** Number of the connection, counted since the start. */
  readonly conn?: number;
  /** engine-id of the HAProxy at the other end. */
  readonly engine?: string;
  readonly stream?: number | bigint;
  readonly frame?: number | bigint;
  /** Path of the script. */
  readonly script?: string;
  /** Index of the worker. */
  readonly worker?: number;
}

const STDERR = 2;
/** Characters kept while they cannot be written; what is more is lost. */
const MOST_WAITING = 1 << 24;

/**
 * Makes the program's logger: one line per event on standard error. Writes are synchronous, so that the last line
 * before an exit is never lost and an exit right after the start works.
 *
 * @param fd file descriptor to write to; default standard error.
 */
export async function createLogger({ level, format }: LogConfig, fd: number = STDERR): Promise<Logger> {
  const base = { level, base: null, serializers: { stream: idText, frame: idText } };
  if (format === 'json' || (format === 'auto' && !isatty(fd))) {
    const levelName = { formatters: { level: (label: string) => ({ level: label }) } };
    return pino({ ...base, ...levelName, timestamp: pino.stdTimeFunctions.isoTime }, openLog(fd));
  }
  // Loaded only where it is used: it costs a quarter of the start.
  const { default: pretty } = await import('pino-pretty');
  const lines = openLog(fd);
  const stream = pretty({
    destination: new Writable({
      decodeStrings: false,
      write(line, _encoding, done) {
        lines.write(String(line));
        done();
      },
    }),
    colorize: isatty(fd) && process.env.NO_COLOR === undefined,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    // A traceback is for reading: its own lines below the message, not one line of escapes.
    ignore: 'traceback',
    messageFormat: (log, key) =>
      shown(typeof log.traceback === 'string' ? `${log[key]}\n${indented(log.traceback)}` : String(log[key])),
  });
  return pino({ ...base, formatters: { log: shownFields } }, stream);
}

/** A disk that is full and a reader that has gone cost lines, not the server. */
function openLog(fd: number): ReturnType<typeof destination> {
  const log = destination({ fd, sync: true, maxLength: MOST_WAITING });
  return log.on('error', () => {});
}

/** C0 and C1 control characters but for tab, and delete: a terminal may take them as commands. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * Text of peers and scripts as a terminal may be given it: controls as `\x1b`, and further lines indented, so that none
 * looks like a line of the log.
 */
function shown(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(CONTROLS, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/\n(?! {4})/g, '\n    ');
}

/** Fields are printed as JSON, which escapes all but the controls from U+007F on. */
function shownFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' && key !== 'traceback'
        ? value.replace(/[\x7f-\x9f]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`)
        : value,
    ]),
  );
}

/** JSON has no bigint; ids above 2^53-1 are written as text. */
function idText(id: number | bigint): number | string {
  return typeof id === 'bigint' ? String(id) : id;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line.replace(/^\t/, '  ')}`)
    .join('\n');
}
