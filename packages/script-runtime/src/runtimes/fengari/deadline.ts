import type { EngineHost } from '../../runtime.js';
import type { LuaState } from './api.js';
import { locate, tracebackOf } from './faults.js';
import { lua } from './library.js';
import { pushMessage } from './strings.js';
import type { Threads } from './threads.js';

/** Instructions between two looks at the clock: some tenths of a millisecond. */
const INSTRUCTIONS = 2000;

/**
 * Stops scripts that run too long. The hook is inherited by every thread made later. It cannot fire inside one library
 * call: a backtracking pattern or a huge `string.rep` runs to its end.
 */
export function installDeadline(threads: Threads, host: EngineHost): void {
  const hook = (L: LuaState): void => {
    if (threads.overdue === null) {
      if (!host.interrupted()) return;
      const { script, line } = locate(L);
      const where = script === undefined ? '' : `${script}:${line}: `;
      // Outside of a call scripts load, and have longer.
      const time = host.current === null ? 'its time was up' : `${host.timeoutMs} ms`;
      threads.overdue = {
        code: 'SCRIPT_ERR_DEADLINE',
        message: `${where}script stopped after ${time}`,
        language: 'lua',
        script,
        line,
        traceback: tracebackOf(threads.main, L),
      };
    }
    raiseOverdue(L, threads);
  };
  lua.lua_sethook(threads.main, hook, lua.LUA_MASKCOUNT, INSTRUCTIONS);
}

/** Raises the deadline's error (again). */
export function raiseOverdue(L: LuaState, threads: Threads): never {
  // No message handler: it would run with hooks off, and might loop.
  L.errfunc = 0;
  lua.lua_checkstack(L, 2);
  pushMessage(L, threads.overdue?.message ?? 'script stopped');
  return lua.lua_error(L);
}
