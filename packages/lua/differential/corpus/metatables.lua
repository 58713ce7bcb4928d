-- Metatables and metamethods.
local log = {}
local mt = {}
for _, event in ipairs { "add", "sub", "mul", "div", "mod", "pow", "concat" } do
  mt["__" .. event] = function(a, b) return event .. "(" .. type(a) .. "," .. type(b) .. ")" end
end
mt.__unm = function(a, b) return "unm", rawequal(a, b) end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
print(a + b, a - 1, 2 * a, a / "x", a % b, 2 ^ a, a .. b, 1 .. a, a .. "s", -a)
local eq = setmetatable({}, { __eq = function() return true end })
local eq2 = setmetatable({}, { __eq = getmetatable(eq).__eq })
print(eq == eq2, eq ~= eq2, eq == {}, eq == 1, rawequal(eq, eq2))
local ord = { __lt = function(x, y) return x.v < y.v end, __le = function(x, y) return x.v <= y.v end }
local o1, o2 = setmetatable({ v = 1 }, ord), setmetatable({ v = 2 }, ord)
print(o1 < o2, o1 > o2, o1 <= o2, o1 >= o2, not (o1 < o2))
local onlylt = setmetatable({ v = 1 }, { __lt = function(x, y) return true end })
print(pcall(function() return onlylt <= onlylt end))
print(pcall(function() return o1 < 1 end))
local proxy = setmetatable({}, { __index = function(t, k) return k .. "!" end, __newindex = function(t, k, v) rawset(t, k, v * 2) end })
print(proxy.foo, proxy[1])
proxy.x = 5
print(proxy.x, rawget(proxy, "x"))
proxy.x = 7
print(proxy.x)
local base = { greet = function(self) return "hi " .. self.name end }
local derived = setmetatable({ name = "d" }, { __index = setmetatable({}, { __index = base }) })
print(derived:greet(), derived.nothing)
local sink = {}
local writer = setmetatable({}, { __newindex = sink })
writer.a = 1
print(rawget(writer, "a"), sink.a)
local callable = setmetatable({}, { __call = function(self, ...) return select("#", ...), ... end })
print(callable(), callable(1, nil), pcall(callable, "x"))
print(tostring(setmetatable({}, { __tostring = function() return "custom" end })), tostring(setmetatable({}, { __tostring = function() return 5 end })))
print(getmetatable(setmetatable({}, { __metatable = "locked" })), pcall(setmetatable, setmetatable({}, { __metatable = 1 }), {}))
print(getmetatable("x").__index == string, getmetatable(1), getmetatable({}), getmetatable(print))
print(#setmetatable({ 1, 2 }, { __len = function() return 42 end }))
print(pcall(setmetatable, {}, 1), pcall(setmetatable, 1, {}))
local counter = 0
local lazy = setmetatable({}, { __index = function(t, k) counter = counter + 1 t[k] = k * 2 return k * 2 end })
print(lazy[2], lazy[2], lazy[3], counter)
string.shout = function(s) return s:upper() .. "!" end
print(("hey"):shout())
string.shout = nil
local deep = {}
for i = 1, 50 do deep = setmetatable({}, { __index = deep }) end
print(deep.x)
local loop = {}
setmetatable(loop, { __index = loop })
print(pcall(function() return loop.x end))
local cls = {}
cls.__index = cls
function cls.new(x) return setmetatable({ x = x }, cls) end
function cls:get() return self.x end
cls.__add = function(p, q) return cls.new(p.x + q.x) end
cls.__eq = function(p, q) return p.x == q.x end
cls.__lt = function(p, q) return p.x < q.x end
cls.__le = function(p, q) return p.x <= q.x end
cls.__concat = function(p, q) return (type(p) == "table" and p.x or p) .. "&" .. (type(q) == "table" and q.x or q) end
local p, q = cls.new(1), cls.new(2)
print((p + q):get(), p == q, p == cls.new(1), p < q, q <= p, p .. q, p .. "s", 1 .. q, p .. q .. p)
local sub = setmetatable({}, { __index = cls })
sub.__index = sub
function sub:get() return "sub" .. cls.get(self) end
print(setmetatable({ x = 9 }, sub):get())
print(pcall(function() return setmetatable({}, { __index = function() error("in index") end }).x end))
print(pcall(function() return -setmetatable({}, {}) end))
print(pcall(function() local t = setmetatable({}, { __call = 5 }) t() end))
local weak = setmetatable({}, { __mode = "k" })
weak[{}] = 1
print(type(weak))
local seen = {}
local ro = setmetatable({}, { __index = { a = 1 }, __newindex = function(_, k) error("read only: " .. k, 2) end })
print(ro.a, pcall(function() ro.b = 1 end))
-- The length of a userdata is whatever its metamethod returns.
do
  local odd = newproxy(true)
  local meta = getmetatable(odd)
  meta.__len = function() return odd end
  meta.__mul = function() return "product" end
  meta.__add = function() return "sum" end
  meta.__unm = function() return "minus" end
  print(#odd * 2, 2 + #odd, -#odd, #odd == odd)
  local function after(x) local n = #x local m = n + 1 return m end
  print(after(odd), after { 1, 2 }, after "abc")
  local kept = {}
  kept[#odd] = 1
  print(kept[odd], next(kept) == odd, pcall(function() for _ = 1, #odd do end end))
  meta.__len = function() return -1 end
  local list = { 5, 6 }
  print(list[#odd + 1], list[#odd + 2])
  list[#odd + 1] = "zero"
  local n = #odd + 1
  print(list[0], list[1], list[n], #list)
end
