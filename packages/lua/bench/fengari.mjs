// Runs one benchmark program on fengari and prints the CPU seconds it took behind its own output, as driver.lua does.
import { readFileSync } from 'node:fs';
import fengari from 'fengari';

const { lauxlib, lua, lualib, to_luastring } = fengari;

const L = lauxlib.luaL_newstate();
lualib.luaL_openlibs(L);
// The programs are Lua 5.1's; fengari is 5.3.
const NAMES = 'unpack = table.unpack; loadstring = load; math.pow = function(x, y) return x ^ y end';
const check = (status) => {
  if (status === lua.LUA_OK) return;
  process.stderr.write(`${lua.lua_tojsstring(L, -1)}\n`);
  process.exit(1);
};
check(lauxlib.luaL_dostring(L, to_luastring(NAMES)));
check(lauxlib.luaL_loadbuffer(L, readFileSync(process.argv[3]), null, to_luastring(`@${process.argv[3]}`)));
const before = process.cpuUsage();
check(lua.lua_pcall(L, 0, 0, 0));
const { user, system } = process.cpuUsage(before);
process.stdout.write(`cpu-seconds ${((user + system) / 1e6).toFixed(6)}\n`);
