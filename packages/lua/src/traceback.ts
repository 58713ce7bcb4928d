/** Tracebacks and function names, as LuaJIT prints them. */
import { captureFrames, type Frame, framesOfText } from './stack.js';

/** Levels shown at the start and the end of a long traceback. */
const HEAD = 12;
const TAIL = 10;

/** How the code that called `frames[i]` calls it: `local 'f'`, `method 'm'`, nothing when that is not known. */
export function callerName(frames: readonly Frame[], i: number): { kind: string; name: string } | undefined {
  const caller = frames[i + 1];
  if (caller?.kind !== 'lua' || caller.site.b !== 'call' || caller.site.a === undefined) return undefined;
  const m = /^(\w+) '(.*)'$/s.exec(caller.site.a);
  return m === null ? undefined : { kind: m[1]!, name: m[2]! };
}

function describe(frames: readonly Frame[], i: number): string {
  const frame = frames[i]!;
  const called = callerName(frames, i)?.name;
  if (frame.kind === 'host') return `[C]: in function '${called ?? frame.name}'`;
  const place = `${frame.unit.chunk}:${frame.site.line}:`;
  if (frame.site.fn === 0) return `${place} in main chunk`;
  if (called !== undefined) return `${place} in function '${called}'`;
  return `${place} in function <${frame.unit.chunk}:${frame.site.fnLine}>`;
}

/** `stack traceback:` and one line per level, from `frames[from]` on. */
export function formatTraceback(frames: readonly Frame[], from = 0): string {
  const lines = ['stack traceback:'];
  const count = frames.length - from;
  for (let i = 0; i < count; i++) {
    if (i === HEAD && count > HEAD + TAIL) {
      lines.push('\t...');
      i = count - TAIL;
    }
    lines.push(`\t${describe(frames, from + i)}`);
  }
  return lines.join('\n');
}

/** Traceback of the place an error was raised at, undefined when its stack was not recorded. */
export function tracebackOf(error: Error): string | undefined {
  const { cause } = error;
  // An error of JavaScript became one of Lua far from where it was raised.
  const raised = cause instanceof Error ? framesOfText(cause.stack ?? '') : [];
  const frames = raised.length > 0 ? raised : framesOfText(error.stack ?? '');
  return frames.length === 0 ? undefined : formatTraceback(frames);
}

/** Levels a traceback looks at. */
export const MAX_LEVELS = 200;

/** The running stack; inside the handler of xpcall, the stack at the error behind that of the handler. */
export function currentFrames(handled: unknown): Frame[] {
  const frames = captureFrames(MAX_LEVELS);
  if (!(handled instanceof Error)) return frames;
  const raised = framesOfText(handled.stack ?? '');
  const boundary = frames.findIndex((f) => f.kind === 'host' && f.name === 'xpcall');
  // The frames below xpcall are part of what the error recorded.
  return boundary < 0 || raised.length === 0 ? frames : [...frames.slice(0, boundary), ...raised];
}
