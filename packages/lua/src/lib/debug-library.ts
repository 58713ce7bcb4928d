/** The debug library, as far as names and lines go. */
import { argError, luaError } from '../raise.js';
import type { Engine } from '../runtime/engine.js';
import { isHostFunction } from '../runtime/host-function.js';
import { LuaTable } from '../table.js';
import { callerName, currentFrames, formatTraceback } from '../traceback.js';
import { type LuaFunction, LuaThread, type LuaValue, NONE } from '../value.js';
import { checkInt } from './args.js';
import type { Library } from './host.js';
import { numberToString } from './number-text.js';

export function openDebug(engine: Engine): Library {
  const { metas } = engine;
  const registry = new LuaTable();
  return {
    traceback(...args: LuaValue[]) {
      if (args[0] instanceof LuaThread) return threadTraceback(args[1]);
      const [message, level] = args;
      if (args.length > 0 && typeof message !== 'string' && typeof message !== 'number') return message;
      const from = level === undefined ? 1 : checkInt(level, 2, args.length);
      const frames = currentFrames(engine.handled);
      // Straight from xpcall the error itself is level 1.
      const direct = frames[0]?.kind === 'host' && frames[0].name !== 'traceback';
      const text = formatTraceback(frames, Math.max(0, direct ? from - 1 : from));
      if (message === undefined) return text;
      return `${typeof message === 'number' ? numberToString(message) : message}\n${text}`;
    },
    getinfo(...args: LuaValue[]) {
      const list = args[0] instanceof LuaThread ? args.slice(1) : args;
      const what = list[1] ?? 'nSlufL';
      if (typeof what !== 'string' || !/^[nSlufL]*$/.test(what)) throw argError(2, 'invalid option');
      if (typeof list[0] === 'function') return functionInfo(engine, list[0], what);
      if (typeof list[0] !== 'number') throw argError(1, 'function or level expected');
      return levelInfo(engine, list[0], what);
    },
    getmetatable: (v: LuaValue) => metas.metaOf(v),
    setmetatable(v: LuaValue, meta: LuaValue) {
      if (meta !== undefined && !(meta instanceof LuaTable)) throw argError(2, 'nil or table expected');
      metas.set(v, meta);
      return v;
    },
    getregistry: () => registry,
    getfenv: (f: LuaValue) =>
      (typeof f === 'function' ? engine.scheduler.describe(f)?.env : undefined) ?? engine.globals,
    getlocal: () => undefined,
    gethook: () => [undefined, '', 0],
    sethook(...args: LuaValue[]) {
      if (args.length === 0 || args[0] === undefined) return NONE;
      throw luaError('debug.sethook is not supported');
    },
    getupvalue: () => undefined,
    setupvalue: () => undefined,
  };
}

function threadTraceback(message: LuaValue): string {
  const text = 'stack traceback:';
  return typeof message === 'string' ? `${message}\n${text}` : text;
}

function functionInfo(engine: Engine, fn: LuaFunction, what: string): LuaTable {
  const t = new LuaTable();
  const info = isHostFunction(fn) ? undefined : engine.scheduler.describe(fn);
  const lines = info?.chunk.lines(info.id);
  if (what.includes('S')) {
    setSource(t, info?.chunk.chunkName ?? '=[C]', info?.chunk.name ?? '[C]');
    t.setStr('what', info === undefined ? 'C' : info.id === 0 ? 'main' : 'Lua');
    t.setStr('linedefined', lines?.line ?? -1);
    t.setStr('lastlinedefined', lines?.endLine ?? -1);
  }
  if (what.includes('l')) t.setStr('currentline', -1);
  if (what.includes('u')) {
    t.setStr('nups', lines?.upvalues ?? 0);
    t.setStr('nparams', lines?.params ?? 0);
    t.setStr('isvararg', lines?.vararg ?? true);
  }
  if (what.includes('n')) t.setStr('namewhat', '');
  if (what.includes('f')) t.setStr('func', fn);
  return t;
}

function setSource(t: LuaTable, source: string, short: string): void {
  t.setStr('source', source);
  t.setStr('short_src', short);
}

function levelInfo(engine: Engine, level: number, what: string): LuaValue {
  const frames = currentFrames(engine.handled);
  const frame = frames[level];
  if (frame === undefined) return undefined;
  const t = new LuaTable();
  if (what.includes('S')) {
    if (frame.kind === 'host') setSource(t, '=[C]', '[C]');
    else setSource(t, frame.unit.source, frame.unit.chunk);
    t.setStr('what', frame.kind === 'host' ? 'C' : frame.site.fn === 0 ? 'main' : 'Lua');
    t.setStr('linedefined', frame.kind === 'host' ? -1 : frame.site.fnLine);
    t.setStr('lastlinedefined', frame.kind === 'host' ? -1 : frame.unit.lines(frame.site.fn).endLine);
  }
  if (what.includes('l')) t.setStr('currentline', frame.kind === 'host' ? -1 : frame.site.line);
  if (what.includes('u') && frame.kind === 'lua') {
    const lines = frame.unit.lines(frame.site.fn);
    t.setStr('nups', lines.upvalues);
    t.setStr('nparams', lines.params);
    t.setStr('isvararg', lines.vararg);
  }
  if (what.includes('n')) {
    const called = callerName(frames, level);
    t.setStr('namewhat', called?.kind ?? '');
    if (called !== undefined) t.setStr('name', called.name);
  }
  return t;
}
