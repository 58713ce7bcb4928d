import type { LuaCFunction, LuaState } from './api.js';
import type { Library } from './coroutines.js';
import { lauxlib, lua } from './library.js';
import { literal, pushText, raise, textOf } from './strings.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** What replaces members of fengari's `os`: times are doubles, `!` is understood, nothing ends the server. */
export const osLibrary: Library = {
  time: (L) => {
    if (lua.lua_type(L, 1) <= lua.LUA_TNIL) lua.lua_pushnumber(L, Math.floor(Date.now() / 1000));
    else lua.lua_pushnumber(L, timeOfTable(L));
    return 1;
  },
  difftime: (L) => {
    const earlier = lua.lua_type(L, 2) <= lua.LUA_TNIL ? 0 : lauxlib.luaL_checknumber(L, 2);
    lua.lua_pushnumber(L, lauxlib.luaL_checknumber(L, 1) - earlier);
    return 1;
  },
  clock: (L) => {
    lua.lua_pushnumber(L, process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6);
    return 1;
  },
  date: (L) => {
    const format = lua.lua_type(L, 1) <= lua.LUA_TNIL ? '%c' : textOf(lauxlib.luaL_checkstring(L, 1));
    const seconds = lua.lua_type(L, 2) <= lua.LUA_TNIL ? Date.now() / 1000 : lauxlib.luaL_checknumber(L, 2);
    const time = brokenDown(new Date(Math.floor(seconds) * 1000), format.startsWith('!'));
    if (Number.isNaN(time.year)) return raise(L, 'time result cannot be represented in this installation');
    const pattern = format.replace(/^!/, '');
    if (pattern.startsWith('*t')) pushFields(L, time);
    else pushText(L, strftime(L, pattern, time));
    return 1;
  },
  execute: refused('os.execute', 'a script cannot start programs'),
  exit: refused('os.exit', 'a script cannot end the server'),
};

/** A function that only says why it is not there. */
export function refused(name: string, reason: string): LuaCFunction {
  return (L) => raise(L, `${name} is not available: ${reason}`);
}

/** A point in time as calendar fields, in local time or UTC. */
interface BrokenDown {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly min: number;
  readonly sec: number;
  /** 0 = Sunday. */
  readonly wday: number;
  /** 0 = 1 January. */
  readonly yday: number;
  readonly isdst: boolean;
  readonly offsetMinutes: number;
  readonly zone: string;
  readonly seconds: number;
}

function brokenDown(date: Date, utc: boolean): BrokenDown {
  const offset = utc ? 0 : -date.getTimezoneOffset();
  // Shifted by its offset, a date's UTC fields are its local ones.
  const shifted = new Date(date.getTime() + offset * 60_000);
  const year = shifted.getUTCFullYear();
  const winter = Math.max(new Date(year, 0, 1).getTimezoneOffset(), new Date(year, 6, 1).getTimezoneOffset());
  return {
    year,
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    min: shifted.getUTCMinutes(),
    sec: shifted.getUTCSeconds(),
    wday: shifted.getUTCDay(),
    yday: Math.floor((shifted.getTime() - Date.UTC(year, 0, 1)) / 86_400_000),
    isdst: !utc && date.getTimezoneOffset() < winter,
    offsetMinutes: offset,
    zone: utc ? 'GMT' : (/\(([^)]+)\)/.exec(date.toString())?.[1] ?? ''),
    seconds: Math.floor(date.getTime() / 1000),
  };
}

function pushFields(L: LuaState, time: BrokenDown): void {
  lua.lua_createtable(L, 0, 9);
  setFields(L, time);
}

/** Sets the fields of `time` in the table on top of the stack. */
function setFields(L: LuaState, time: BrokenDown): void {
  const fields = { ...time, wday: time.wday + 1, yday: time.yday + 1 };
  for (const name of ['year', 'month', 'day', 'hour', 'min', 'sec', 'wday', 'yday'] as const) {
    lua.lua_pushnumber(L, fields[name]);
    lua.lua_setfield(L, -2, literal(name));
  }
  lua.lua_pushboolean(L, time.isdst);
  lua.lua_setfield(L, -2, literal('isdst'));
}

/** `os.time(t)`: seconds of a local date; fields out of their range are carried over, and written back to `t`. */
function timeOfTable(L: LuaState): number {
  lauxlib.luaL_checktype(L, 1, lua.LUA_TTABLE);
  lua.lua_settop(L, 1);
  const field = (name: string, fallback?: number): number => {
    const type = lua.lua_getfield(L, 1, literal(name));
    const value = lua.lua_tonumberx(L, -1);
    lua.lua_pop(L, 1);
    if (value !== false && Number.isInteger(value)) return value;
    if (type !== lua.LUA_TNIL) return raise(L, `field '${name}' is not an integer`);
    return fallback ?? raise(L, `field '${name}' missing in date table`);
  };
  const date = new Date(0);
  date.setFullYear(field('year'), field('month') - 1, field('day'));
  date.setHours(field('hour', 12), field('min', 0), field('sec', 0), 0);
  const seconds = Math.floor(date.getTime() / 1000);
  if (Number.isNaN(seconds)) return raise(L, 'time result cannot be represented in this installation');
  setFields(L, brokenDown(date, false));
  return seconds;
}

const two = (n: number): string => String(n).padStart(2, '0');
const spaced = (n: number): string => String(n).padStart(2, ' ');
const hour12 = (t: BrokenDown): number => ((t.hour + 11) % 12) + 1;
const weekOf = (t: BrokenDown, firstDay: number): number =>
  Math.floor((t.yday + 7 - ((t.wday - firstDay + 7) % 7)) / 7);

/** Conversions of C99's strftime in the C locale; a string is a format of its own. */
const CONVERSIONS: Readonly<Record<string, string | ((t: BrokenDown) => string)>> = {
  a: (t) => (DAYS[t.wday] as string).slice(0, 3),
  A: (t) => DAYS[t.wday] as string,
  b: (t) => (MONTHS[t.month - 1] as string).slice(0, 3),
  B: (t) => MONTHS[t.month - 1] as string,
  c: '%a %b %e %H:%M:%S %Y',
  C: (t) => two(Math.floor(t.year / 100)),
  d: (t) => two(t.day),
  D: '%m/%d/%y',
  e: (t) => spaced(t.day),
  F: '%Y-%m-%d',
  g: (t) => two(isoWeek(t).year % 100),
  G: (t) => String(isoWeek(t).year),
  h: '%b',
  H: (t) => two(t.hour),
  I: (t) => two(hour12(t)),
  j: (t) => String(t.yday + 1).padStart(3, '0'),
  k: (t) => spaced(t.hour),
  l: (t) => spaced(hour12(t)),
  m: (t) => two(t.month),
  M: (t) => two(t.min),
  n: () => '\n',
  p: (t) => (t.hour < 12 ? 'AM' : 'PM'),
  P: (t) => (t.hour < 12 ? 'am' : 'pm'),
  r: '%I:%M:%S %p',
  R: '%H:%M',
  s: (t) => String(t.seconds),
  S: (t) => two(t.sec),
  t: () => '\t',
  T: '%H:%M:%S',
  u: (t) => String(t.wday === 0 ? 7 : t.wday),
  U: (t) => two(weekOf(t, 0)),
  V: (t) => two(isoWeek(t).week),
  w: (t) => String(t.wday),
  W: (t) => two(weekOf(t, 1)),
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  y: (t) => two(t.year % 100),
  Y: (t) => String(t.year),
  z: (t) => {
    const minutes = Math.abs(t.offsetMinutes);
    return `${t.offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
  },
  Z: (t) => t.zone,
  '%': () => '%',
};

function strftime(L: LuaState, format: string, time: BrokenDown): string {
  return format.replace(/%([EO]?[\s\S]?)/g, (all, specifier: string) => {
    const conversion = Object.hasOwn(CONVERSIONS, specifier.slice(-1)) ? CONVERSIONS[specifier.slice(-1)] : undefined;
    if (conversion === undefined) {
      return lauxlib.luaL_argerror(L, 1, literal(`invalid conversion specifier '${all}'`));
    }
    return typeof conversion === 'string' ? strftime(L, conversion, time) : conversion(time);
  });
}

/** ISO 8601 week: the one with the year's first Thursday is number 1. */
function isoWeek(t: BrokenDown): { year: number; week: number } {
  const day = (t.wday + 6) % 7;
  const thursday = new Date(Date.UTC(t.year, t.month - 1, t.day - day + 3));
  const year = thursday.getUTCFullYear();
  return { year, week: 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 604_800_000) };
}
