/** string: find, match, gmatch, gsub (Lua 5.1 manual 5.4). */
import { argError, luaError, typeName } from '../raise.js';
import { HOST_PREFIX } from '../stack.js';
import { LuaTable } from '../table.js';
import type { LuaFunction, LuaValue } from '../value.js';
import { checkString, optInt } from './args.js';
import { callOne, callTwo } from './direct-call.js';
import type { LibHost, Library } from './host.js';
import { burnText } from './long-text.js';
import { numberToString } from './number-text.js';
import { type Matcher, PatternCache } from './pattern/matcher.js';
import { type Replacement, ReplacementCache } from './pattern/replacement.js';

/** The name by which the engine knows the iterator of gmatch as a library function. */
const ITERATOR = `${HOST_PREFIX}gmatch_iterator`;

const SPECIALS = /[\^$*+?.([%-]/;

/** 0-based start of a search: negative counts from the end, what lies outside is moved to the border. */
function startOf(init: number, length: number): number {
  if (init > 0) return Math.min(init - 1, length);
  if (init === 0 || -init > length) return 0;
  return length + init;
}

/** Appends to the results of find: two numbers, then the captures. */
function findResults(matcher: Matcher, subject: string, end: number): LuaValue {
  const count = matcher.captures.length;
  const list: LuaValue[] = [matcher.start + 1, end];
  for (let i = 0; i < count; i++) list.push(matcher.capture(subject, i));
  return list;
}

export function openStringFind(host: LibHost): Library {
  const cache = new PatternCache((steps) => host.burn(steps));
  const replacements = new ReplacementCache();
  const plainPatterns = new Map<string, boolean>();

  /** True for a pattern without special characters, which is searched as it is. */
  function isPlain(pattern: string): boolean {
    let plain = plainPatterns.get(pattern);
    if (plain === undefined) {
      if (plainPatterns.size > 1000) plainPatterns.clear();
      plain = !SPECIALS.test(pattern);
      plainPatterns.set(pattern, plain);
    }
    return plain;
  }

  return {
    find(s: LuaValue, pattern: LuaValue, init: LuaValue, plain: LuaValue): LuaValue {
      const subject = typeof s === 'string' ? s : checkString(s, 1, arguments.length);
      const source = typeof pattern === 'string' ? pattern : checkString(pattern, 2, arguments.length);
      const start = init === undefined ? 0 : startOf(optInt(init, 3, arguments.length, 1), subject.length);
      if ((plain !== undefined && plain !== false) || isPlain(source)) {
        const at = subject.indexOf(source, start);
        burnText(host, (at < 0 ? subject.length : at) - start);
        return at < 0 ? undefined : [at + 1, at + source.length];
      }
      const matcher = cache.get(source);
      const end = matcher.search(subject, start);
      burnText(host, matcher.reach(subject, end) - start);
      return end < 0 ? undefined : findResults(matcher, subject, end);
    },
    match(s: LuaValue, pattern: LuaValue, init: LuaValue): LuaValue {
      const subject = typeof s === 'string' ? s : checkString(s, 1, arguments.length);
      const source = typeof pattern === 'string' ? pattern : checkString(pattern, 2, arguments.length);
      const start = init === undefined ? 0 : startOf(optInt(init, 3, arguments.length, 1), subject.length);
      const matcher = cache.get(source);
      const end = matcher.search(subject, start);
      burnText(host, matcher.reach(subject, end) - start);
      return end < 0 ? undefined : matcher.results(subject, end);
    },
    gmatch(s: LuaValue, pattern: LuaValue): LuaValue {
      const subject = checkString(s, 1, arguments.length);
      const matcher = cache.getLiteral(checkString(pattern, 2, arguments.length));
      let at = 0;
      const holder = {
        [ITERATOR]: (): LuaValue => {
          if (at > subject.length) return undefined;
          const end = matcher.search(subject, at);
          if (end < 0) {
            at = subject.length + 1;
            return undefined;
          }
          at = end === matcher.start ? end + 1 : end;
          return matcher.results(subject, end);
        },
      };
      return holder[ITERATOR];
    },
    gsub(s: LuaValue, pattern: LuaValue, replacement: LuaValue, limit: LuaValue): LuaValue {
      const subject = typeof s === 'string' ? s : checkString(s, 1, arguments.length);
      const source = typeof pattern === 'string' ? pattern : checkString(pattern, 2, arguments.length);
      const most = limit === undefined ? subject.length + 1 : optInt(limit, 4, arguments.length, 0);
      const replace = replacer(host, replacements, replacement);
      burnText(host, subject.length);
      return substitute(host, cache.get(source), subject, replace, most);
    },
  };
}

/** Text for one match; undefined keeps what was matched. */
type Replacer = (matcher: Matcher, subject: string, end: number) => string | undefined;

function replacer(host: LibHost, cache: ReplacementCache, value: LuaValue): Replacer {
  switch (typeof value) {
    case 'string':
      return byText(cache.get(value));
    case 'number':
    case 'bigint':
      return byText(cache.get(numberToString(value)));
    case 'function':
      return (matcher, subject, end) => replacementText(callWithCaptures(host, value, matcher, subject, end));
    default:
      if (!(value instanceof LuaTable)) throw argError(3, 'string/function/table expected');
      return (matcher, subject, end) => replacementText(host.index(value, firstCapture(matcher, subject, end)));
  }
}

function byText(replacement: Replacement): Replacer {
  const fixed = replacement.fixed;
  if (fixed !== undefined) return () => fixed;
  return (matcher, subject, end) => replacement.expand(matcher, subject, end);
}

function firstCapture(matcher: Matcher, subject: string, end: number): LuaValue {
  if (matcher.captures.length === 0) return subject.slice(matcher.start, end);
  return matcher.capture(subject, 0);
}

function callWithCaptures(host: LibHost, fn: LuaFunction, matcher: Matcher, subject: string, end: number): LuaValue {
  const count = matcher.captures.length;
  if (count <= 1) return callOne(fn, firstCapture(matcher, subject, end));
  if (count === 2) return callTwo(fn, matcher.capture(subject, 0), matcher.capture(subject, 1));
  const list: LuaValue[] = [];
  for (let i = 0; i < count; i++) list.push(matcher.capture(subject, i));
  return host.call1(fn, ...list);
}

function replacementText(value: LuaValue): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === false) return undefined;
  if (typeof value === 'number' || typeof value === 'bigint') return numberToString(value);
  throw luaError(`invalid replacement value (a ${typeName(value)})`);
}

/** Matches between two charges for them. */
const MATCHES = 4096;

function substitute(host: LibHost, matcher: Matcher, subject: string, replace: Replacer, most: number): LuaValue {
  const length = subject.length;
  let result = '';
  let count = 0;
  let copied = 0;
  let at = 0;
  while (count < most && at <= length) {
    const end = matcher.search(subject, at);
    if (end < 0) break;
    const start = matcher.start;
    if (++count % MATCHES === 0) host.burn(MATCHES);
    const text = replace(matcher, subject, end);
    if (text !== undefined) {
      if (start > copied) result += subject.slice(copied, start);
      result += text;
      copied = end;
    }
    at = end > start ? end : end + 1;
    if (matcher.anchored) break;
  }
  if (copied === 0) result = result === '' ? subject : result + subject;
  else if (copied < length) result += subject.slice(copied);
  return [result, count];
}
