/** The JavaScript stack as Lua sees it: frames of compiled Lua functions and of library functions. */
import { type CodeUnit, unitById, unitOf } from './code-unit.js';
import type { PlacedSite } from './compiler/compile.js';

/** One level of the Lua stack. */
export type Frame =
  | { readonly kind: 'lua'; readonly unit: CodeUnit; readonly site: PlacedSite }
  | { readonly kind: 'host'; readonly name: string };

/** JavaScript functions that Lua can call carry this in front of their name. */
export const HOST_PREFIX = '$lua_';

interface CallSite {
  getScriptNameOrSourceURL(): string | null;
  getPosition(): number;
  getFunctionName(): string | null;
}

/** JavaScript frames to look at for each Lua level wanted: library functions have helpers between them. */
const DEPTH_FACTOR = 6;

/** The innermost `levels` Lua frames, innermost first. */
export function captureFrames(levels: number): Frame[] {
  const limit = Error.stackTraceLimit;
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = Math.min(levels * DEPTH_FACTOR + 6, 2000);
  const previous = Error.prepareStackTrace;
  Error.prepareStackTrace = (_error, sites) => sites;
  try {
    if (typeof Error.captureStackTrace === 'function') Error.captureStackTrace(holder, captureFrames);
    else holder.stack = new Error().stack;
    const { stack } = holder;
    return typeof stack === 'string' ? framesOfText(stack) : framesOf(stack as CallSite[], levels);
  } finally {
    Error.prepareStackTrace = previous;
    Error.stackTraceLimit = limit;
  }
}

function framesOf(sites: readonly CallSite[], levels: number): Frame[] {
  const frames: Frame[] = [];
  for (const s of sites) {
    const unit = unitOf(s.getScriptNameOrSourceURL());
    if (unit !== undefined) {
      pushLua(frames, unit, unit.siteAt(s.getPosition()));
    } else {
      const name = s.getFunctionName();
      if (name?.startsWith(HOST_PREFIX)) frames.push({ kind: 'host', name: name.slice(HOST_PREFIX.length) });
    }
    if (frames.length >= levels) break;
  }
  return frames;
}

function pushLua(frames: Frame[], unit: CodeUnit, site: PlacedSite | undefined): void {
  // The helpers at the head of a unit have no sites: they work for the function that called them.
  if (site === undefined) return;
  // A function that is in a tail call has left the Lua stack, unless the call itself is what fails.
  if (site.b !== 'tail' || frames.length === 0) frames.push({ kind: 'lua', unit, site });
}

/** Frames from the text of a stack: what a JavaScript error brings along, and all that some engines give. */
export function framesOfText(stack: string): Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split('\n')) {
    const place = /lua:\/\/(\d+):(\d+):(\d+)/.exec(line);
    const unit = place === null ? undefined : unitById(Number(place[1]));
    if (unit !== undefined) {
      pushLua(frames, unit, unit.siteAtLine(Number(place![2]), Number(place![3])));
      continue;
    }
    const host = /\$lua_([\w.]+)/.exec(line);
    if (host !== null) frames.push({ kind: 'host', name: host[1]! });
  }
  return frames;
}

/** `chunk:line: ` for a Lua frame, nothing for any other. */
export function positionOf(frame: Frame | undefined): string {
  if (frame?.kind !== 'lua') return '';
  return `${frame.unit.chunk}:${frame.site.line}: `;
}
