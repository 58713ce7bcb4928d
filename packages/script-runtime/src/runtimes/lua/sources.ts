import type { LuaFunction, LuaTable, State } from '@offload/lua';
import { readable } from './line-log.js';

/** The files an engine has read, to find them again by the shortened names Lua shows. */
export class Sources {
  private readonly paths = new Set<string>();

  add(path: string): void {
    this.paths.add(path);
  }

  /** The path behind a chunk's name in a message: itself, or what begins with `...` when it was too long. */
  pathOf(chunk: string): string | undefined {
    if (this.paths.has(chunk)) return chunk;
    if (!chunk.startsWith('...')) return undefined;
    // It may have been cut within a character.
    const end = chunk.slice(3).replace(/^\uFFFD+/, '');
    for (const path of this.paths) if (path.endsWith(end)) return path;
    return undefined;
  }

  /** The first place in a message or traceback that is in a known file. */
  locate(text: string): { script: string; line: number } | undefined {
    for (const [, chunk, line] of text.matchAll(/^\s*(.+?):(\d+):/gm)) {
      const script = this.pathOf(chunk);
      if (script !== undefined) return { script, line: Number(line) };
    }
    return undefined;
  }
}

/** Where a function was defined, `path:line`, or the name of its chunk where it has no line; empty when unknown. */
export function definitionOf(state: State, sources: Sources, fn: LuaFunction): string {
  const debug = state.getGlobal('debug') as LuaTable | undefined;
  const getinfo = debug?.getStr('getinfo') as LuaFunction | undefined;
  if (getinfo === undefined) return '';
  const info = state.call(getinfo, fn, 'S') as LuaTable;
  const chunk = readable(String(info.getStr('short_src')));
  const line = Number(info.getStr('linedefined'));
  return line < 0 ? chunk : `${sources.pathOf(chunk) ?? chunk}:${line}`;
}
