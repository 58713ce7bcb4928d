-- require, package.loaded, preload, loaders, path; module files are written next to temporary names.
local function fault(f, ...)
  local ok, message = pcall(f, ...)
  message = tostring(message):gsub("\n%s*no file '[^']*%.so'", ""):gsub("table: 0x%x+", "table: ?")
  print(ok, message)
end
package.cpath = ""

-- What is there.
print(type(package.loaded), type(package.preload), type(package.loaders), type(package.path), type(package.config))
print(package.loaded.string == string, package.loaded._G == _G, package.loaded.package == package)
print(require("table") == table, require "coroutine" == coroutine, package.loaded["no.such"])
print(package.config:match("^(.)\n(.)\n(.)\n"))

-- preload: called with the name, once.
local calls = 0
package.preload["pre.one"] = function(...)
  calls = calls + 1
  print("loading", select("#", ...), ...)
  return { name = ... }
end
print(require("pre.one").name, require("pre.one") == require("pre.one"), calls)
package.loaded["pre.one"] = nil
print(require("pre.one").name, calls)
package.preload.quiet = function() end
print(require("quiet"), package.loaded.quiet)
package.preload.no = function() return false end
print(require("no"), package.loaded.no)
package.preload.sets = function(n) package.loaded[n] = "set" end
print(require("sets"), package.loaded.sets)
package.preload.both = function(n) package.loaded[n] = "set" return "returned" end
print(require("both"), package.loaded.both)
package.preload.two = function() return 1, 2 end
print((require("two")))

-- Loops and faults.
package.preload.a = function() return require("b") end
package.preload.b = function() return require("a") end
fault(require, "a")
package.preload.bad = function() error("in module") end
fault(require, "bad")
fault(require, "bad")
package.preload.tbl = function() error({}) end
fault(require, "tbl")
fault(require)
fault(require, {})
fault(require, nil)

-- Searching.
package.path = ""
fault(require, "missing")
package.path = "./nowhere/?.lua;./nowhere/?/init.lua"
fault(require, "missing")
fault(require, "missing.in.folder")
package.path = "./nowhere/same.lua"
fault(require, "missing")
package.path = nil
fault(require, "missing")
package.path = 5
fault(require, "missing")
package.path = {}
fault(require, "missing")
package.path = "./?.nowhere"

-- Loaders of the script.
local kept = {}
for i, loader in ipairs(package.loaders) do kept[i] = loader end
package.loaders[#package.loaders + 1] = function(name)
  if name == "made" then return function(n) return "made by " .. n end end
  return "\n\tnot made: " .. name
end
print(require("made"))
fault(require, "unmade")
package.loaders = nil
fault(require, "other")
package.loaders = { function() end, function() return 5 end }
fault(require, "other")
package.loaders = {}
fault(require, "other")
package.loaders = kept
package.preload = nil
fault(require, "other")

-- Files.
local file = os.tmpname()
local function write(text)
  local f = assert(io.open(file, "w"))
  f:write(text)
  f:close()
end
package.preload = {}
package.path = file:match("^(.*/)") .. "?"
local name = file:match("[^/]*$")
write("local n = ... return { from = n, count = select('#', ...) }")
local found = require(name)
print(found.from == name, found.count >= 1, require(name) == found)
package.loaded[name] = nil
write("x = = 1")
print((select(2, pcall(require, name)):gsub(name, "NAME")))
package.loaded[name] = nil
write("error('inside', 0)")
print(pcall(require, name))
write("local t = {} function t.f() return 'f' end return t")
package.loaded[name] = nil
print(require(name).f())
print(package.searchpath(name, package.path) == file, (package.searchpath("x.y", "./nowhere/?.a;./nowhere/?.b")))
print(select(2, package.searchpath("x.y", "./nowhere/?.a;./nowhere/?.b")))
print(select(2, package.searchpath("x.y", "./nowhere/?.a", "", "/")))
print(select(2, package.searchpath("x-y", "./nowhere/?.a", "-", "+")))
print(select(2, package.searchpath("x.y", "./nowhere/?.a", ".")))
print(os.remove(file))

-- module
do
  local _G, print, rawget = _G, print, rawget
  module("made.module", package.seeall)
  value = 42
  print(_NAME, _PACKAGE, _M == _G.made.module, _G.package.loaded["made.module"] == _M, value, rawget(_G, "value"))
end
