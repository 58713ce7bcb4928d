-- getfenv of callers, setfenv and module of the running function.
local E = setmetatable({ name = 'E' }, { __index = _G })
local function own() return getfenv(1) end
setfenv(own, E)
print(own() == E, own() == _G)
local function two() return getfenv(2) end
local function two2() local e = getfenv(2) return e end
local function g() local e = two() return e.name end
local function g2() local e = two2() return e.name end
setfenv(g, E) setfenv(g2, E)
print(g(), g2())
local chunk = loadstring('local f = ... local e = f() return e')
setfenv(chunk, E)
print(chunk(two2) == E, chunk(two2).name)
local function outer()
  local function inner() local e = two2() return e.name end
  return inner
end
setfenv(outer, E)
print(outer()())
local made = outer()
setfenv(made, { name = 'M' })
print(made())
print(pcall(function() local e = getfenv(2) return e == _G end))
package.preload['corpus_env_mm'] = function(n) module(n) x = 1 y = 2 end
require 'corpus_env_mm'
print(corpus_env_mm.x, corpus_env_mm.y)
local function viaModule() module('corpus.env.module', package.seeall) local e = two2() return e == package.loaded['corpus.env.module'] end
print(viaModule())
print(getfenv(two2) == _G)
