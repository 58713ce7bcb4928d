-- Globals, setfenv and getfenv, loadstring, load, module, require, _G.
x = 1
print(_G.x, _G._G == _G, rawget(_G, "x"), y)
_G.y = 2
print(y)
local function f() return x end
print(f(), getfenv(f) == _G, getfenv(1) == _G, getfenv() == _G)
setfenv(f, { x = "env" })
print(f(), x)
local env = setmetatable({}, { __index = _G })
local chunk = loadstring("z = 5 print(z, x) return z + 1")
setfenv(chunk, env)
print(chunk(), env.z, z)
local g = setfenv(function() w = 1 return w end, env)
print(g(), env.w, w)
print(pcall(setfenv, print, {}), pcall(getfenv, 100), pcall(setfenv, 1))
local function user() setfenv(1, setmetatable({ changed = true }, { __index = _G })) return changed end
print(user(), changed)
print(loadstring("return ...")(1, 2), load("return 7")(), type(load(function() return nil end)))
local pieces = { "return ", "1 ", "+ 2", nil }
local at = 0
print(load(function() at = at + 1 return pieces[at] end)())
print(load("return a", "=n", "t", { a = "from env" })(), load("\27Lua", "=b", "t"))
print(type(loadstring("return 1", "=name")), loadstring("syntax error here", "=name"))
print(pcall(load), pcall(loadstring), load("x ="))
print(type(package.loaded), package.loaded.string == string, package.loaded._G == _G, type(package.preload), type(package.path))
package.preload.mymod = function(name, ...) print("loading", name, ...) return { name = name } end
print(require("mymod").name, require("mymod") == require("mymod"), package.loaded.mymod.name)
package.preload.nothing = function() end
print(require("nothing"))
print((pcall(require, "does.not.exist")))
print(select(2, pcall(require, "does.not.exist")):match("module 'does.not.exist' not found:"))
package.preload.failing = function() error("cannot load", 0) end
print(pcall(require, "failing"))
package.preload.moda = function(...) module(..., package.seeall) function hello() return "hello from " .. _NAME end value = 5 end
require "moda"
print(moda.hello(), moda.value, hello)
print(_VERSION, type(os), type(io), type(debug))
local strict = setmetatable({}, { __index = function(_, k) error("undefined " .. k, 2) end, __newindex = function(t, k, v) rawset(t, k, v) end })
print(pcall(setfenv(function() return nope end, strict)))
print(select("#", loadstring("")()), loadstring("return")(), (loadstring("return nil, nil")()))
print(newproxy and type(newproxy()), collectgarbage("count") > 0, collectgarbage(), collectgarbage("step") ~= nil)
local source = {}
for i = 1, 300 do source[#source + 1] = "local v" .. i % 150 .. "_" .. (i > 150 and "b" or "a") .. " = " .. i end
print(loadstring(table.concat(source, "\n"), "=many"))
for i = #source, 151, -1 do source[i] = nil end
source[#source + 1] = "return v1_a + v149_a"
print(loadstring(table.concat(source, "\n"))())
print(dofile and pcall(dofile, "/nonexistent/file.lua"), loadfile("/nonexistent/file.lua"))
print(rawequal("a", "a"), type(nil), pcall(type), type(type), tostring(1), tostring("x"))
for _, v in ipairs { nil, 1 } do print("never") end
print(next({ 5 }), pairs({}) == next, type(ipairs({})))
local up = 10
local function withup() return up end
print(withup(), up)
print(gcinfo and type(gcinfo()), unpack({ 1, 2 }))
-- Environments behind a metatable, and of functions reached as fields.
local globals = _G
local function inner() return (globals.getfenv(1)) end
local own = {}
setfenv(inner, own)
print(inner() == own, globals.getfenv(1) == globals)
local function renewed() globals.setfenv(1, { seen = "as a field" }) return seen end
print(renewed())
local function behind(index)
  setfenv(1, globals.setmetatable({}, { __index = index }))
  local mine = getfenv(1)
  setfenv(1, globals)
  return mine ~= globals, getfenv(1) == globals
end
print(behind(globals))
print(behind(function(_, k) return globals[k] end))
print(coroutine.wrap(function() return behind(globals) end)())
-- print uses what stands in the global tostring.
local plain = tostring
tostring = function(v) return "<" .. type(v) .. ">" end
print(1, "x", nil, {})
tostring = function() return 5 end
print("x", 1)
tostring = function() return {} end
print(pcall(print, 1))
tostring = plain
print(pcall(collectgarbage, "nooption"))
print(pcall(collectgarbage, {}))
print(collectgarbage("setpause", 100), collectgarbage("setstepmul", 100))
