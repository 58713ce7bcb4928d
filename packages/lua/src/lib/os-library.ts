/** The os library over a `System`. */
import { argError, luaError } from '../raise.js';
import { LuaTable } from '../table.js';
import type { LuaValue } from '../value.js';
import { checkInt, checkNumber, checkString, checkTable } from './args.js';
import type { LibHost, Library } from './host.js';
import { attempt } from './io-files.js';
import { stringToNumber } from './number-text.js';
import { formatTime, splitTime } from './strftime.js';
import type { FileSystem, System } from './system.js';

const CATEGORIES = ['all', 'collate', 'ctype', 'monetary', 'numeric', 'time'];

/** A field of a date table as an integer. */
function field(host: LibHost, t: LuaTable, name: string, fallback: number | undefined): number {
  const v = host.index(t, name);
  const n = typeof v === 'string' ? stringToNumber(v) : v;
  if (typeof n === 'number') return checkInt(n, 1, 1);
  if (fallback === undefined) throw luaError(`field '${name}' missing in date table`);
  return fallback;
}

/** Local time to seconds since 1970, with fields outside their range carried over (C's mktime). */
function timeOf(host: LibHost, t: LuaTable): LuaValue {
  const second = field(host, t, 'sec', 0);
  const minute = field(host, t, 'min', 0);
  const hour = field(host, t, 'hour', 12);
  const day = field(host, t, 'day', undefined);
  const month = field(host, t, 'month', undefined);
  const year = field(host, t, 'year', undefined);
  const daylight = host.index(t, 'isdst');
  const date = new Date(2000, 0, 1);
  date.setFullYear(year, month - 1, day);
  date.setHours(hour, minute, second, 0);
  const time = date.getTime() / 1000;
  if (Number.isNaN(time)) return undefined;
  if (daylight === undefined || !splitTime(time, false)) return time;
  const wanted = daylight !== false;
  const actual = splitTime(time, false)?.daylight === true;
  return wanted === actual ? time : time + (wanted ? -3600 : 3600);
}

function dateTable(time: number, utc: boolean): LuaValue {
  const d = splitTime(time, utc);
  if (d === undefined) return undefined;
  const t = new LuaTable();
  t.setStr('sec', d.second);
  t.setStr('min', d.minute);
  t.setStr('hour', d.hour);
  t.setStr('day', d.day);
  t.setStr('month', d.month);
  t.setStr('year', d.year);
  t.setStr('wday', d.weekday + 1);
  t.setStr('yday', d.yearday);
  t.setStr('isdst', d.daylight);
  return t;
}

function dateText(format: string, time: number): LuaValue {
  const utc = format.startsWith('!');
  const nul = format.indexOf('\0');
  const source = format.slice(utc ? 1 : 0, nul < 0 ? format.length : nul);
  if (source.startsWith('*t')) return dateTable(time, utc);
  const parts = splitTime(time, utc);
  return parts === undefined ? undefined : formatTime(source, parts);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function fileFunctions(system: System): Library {
  function files(): FileSystem {
    if (system.files === undefined) throw luaError('files are not available here');
    return system.files;
  }
  return {
    remove(path: LuaValue): LuaValue {
      const name = checkString(path, 1, arguments.length);
      const fs = files();
      return attempt(() => {
        fs.remove(name);
        return true;
      }, name);
    },
    rename(from: LuaValue, to: LuaValue): LuaValue {
      const argc = arguments.length;
      const source = checkString(from, 1, argc);
      const target = checkString(to, 2, argc);
      const fs = files();
      return attempt(() => {
        fs.rename(source, target);
        return true;
      }, source);
    },
    tmpname(): LuaValue {
      return attempt(() => files().temporary());
    },
  };
}

function processFunctions(system: System): Library {
  return {
    execute(command: LuaValue): LuaValue {
      if (system.execute === undefined) throw luaError("'execute' not supported");
      return system.execute(command === undefined ? undefined : checkString(command, 1, arguments.length));
    },
    exit(code: LuaValue): LuaValue {
      let status = code === false ? 1 : 0;
      if (code !== undefined && typeof code !== 'boolean') status = checkInt(code, 1, arguments.length);
      if (system.exit === undefined) throw luaError("'exit' not supported");
      return system.exit(status);
    },
    getenv(name: LuaValue): LuaValue {
      return system.getenv?.(checkString(name, 1, arguments.length));
    },
  };
}

export function openOs(host: LibHost, system: System): Library {
  return {
    clock(): LuaValue {
      return system.clock();
    },
    date(format: LuaValue, time: LuaValue): LuaValue {
      const argc = arguments.length;
      const how = format === undefined ? '%c' : checkString(format, 1, argc);
      return dateText(how, time === undefined ? now() : checkNumber(time, 2, argc));
    },
    difftime(a: LuaValue, b: LuaValue): LuaValue {
      const argc = arguments.length;
      // Whole seconds, as C's time_t.
      return Math.trunc(checkNumber(a, 1, argc)) - (b === undefined ? 0 : Math.trunc(checkNumber(b, 2, argc)));
    },
    setlocale(locale: LuaValue, category: LuaValue): LuaValue {
      const argc = arguments.length;
      const name = locale === undefined ? '' : checkString(locale, 1, argc);
      const part = category === undefined ? 'all' : checkString(category, 2, argc);
      if (!CATEGORIES.includes(part)) throw argError(2, `invalid option '${part}'`);
      return name === '' || name === 'C' || name === 'POSIX' ? 'C' : undefined;
    },
    time(t: LuaValue): LuaValue {
      if (t === undefined) return now();
      return timeOf(host, checkTable(t, 1, arguments.length));
    },
    ...fileFunctions(system),
    ...processFunctions(system),
  };
}
