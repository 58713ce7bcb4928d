-- Coroutines: life cycle, passing values, yields from every kind of place, errors.
local co = coroutine.create(function(a, b)
  print("in", a, b)
  local c = coroutine.yield(a + b)
  print("got", c)
  local d, e = coroutine.yield(c * 2)
  print("got", d, e)
  return "end", 99
end)
print(coroutine.status(co), coroutine.resume(co, 1, 2))
print(coroutine.status(co), coroutine.resume(co, 10))
print(coroutine.resume(co, "x", "y"))
print(coroutine.status(co), coroutine.resume(co))
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(gen(), gen(), gen(), gen(), pcall(gen))
for v in coroutine.wrap(function() for i = 1, 5 do coroutine.yield(i * i) end end) do io.write(v, " ") end
print()
local bad = coroutine.create(function() error("oops") end)
print(coroutine.resume(bad), coroutine.status(bad))
local bad2 = coroutine.create(function() error({ code = 7 }) end)
local ok, e = coroutine.resume(bad2)
print(ok, type(e), e.code)
print(pcall(coroutine.wrap(function() error("wrapped") end)))
print(coroutine.resume(coroutine.create(function() return pcall(function() coroutine.yield(1) error("after") end) end)))
local through = coroutine.create(function()
  local ok, v = pcall(function() local got = coroutine.yield("in pcall") error("fail " .. got) end)
  coroutine.yield(tostring(ok), v)
  local ok2, v2 = xpcall(function() return coroutine.yield("in xpcall") end, print)
  return ok2, v2
end)
print(coroutine.resume(through))
print(coroutine.resume(through, "A"))
print(coroutine.resume(through))
print(coroutine.resume(through, "B"))
local mt = {
  __add = function(a, b) return coroutine.yield("add") end,
  __index = function(t, k) return coroutine.yield("index " .. k) end,
  __newindex = function(t, k, v) coroutine.yield("newindex " .. k) rawset(t, k, v) end,
  __call = function(self, x) return coroutine.yield("call " .. x) end,
  __concat = function() return coroutine.yield("concat") end,
  __eq = function() return coroutine.yield("eq") end,
  __lt = function() return coroutine.yield("lt") end,
  __le = function() return coroutine.yield("le") end,
  __unm = function() return coroutine.yield("unm") end,
}
local meta = coroutine.wrap(function()
  local t, u = setmetatable({}, mt), setmetatable({}, mt)
  print("r", t + 1)
  print("r", t.key)
  t.field = 5
  print("r", rawget(t, "field"))
  print("r", t(7))
  print("r", t .. "x")
  print("r", t == u, t < u, t <= u, -t)
  return "finished"
end)
local r = meta()
while r ~= "finished" do print("y", r) r = meta("val") end
local iter = coroutine.wrap(function()
  for k in function(_, last) return coroutine.yield(last) end do print("loop", k) end
  return "iter done"
end)
print(iter(), iter(1), iter(2), iter(nil))
print(coroutine.running(), coroutine.wrap(function() return type(coroutine.running()), coroutine.isyieldable() end)())
print(pcall(coroutine.yield, 1))
print(coroutine.resume(coroutine.create(function() return coroutine.resume(coroutine.running()) end)))
local selfref
selfref = coroutine.wrap(function() return pcall(selfref) end)
print(selfref())
local outer = coroutine.create(function()
  local inner = coroutine.create(function() coroutine.yield(coroutine.status(outer_)) return "inner end" end)
  print(coroutine.resume(inner))
  coroutine.yield("outer yield")
  print(coroutine.resume(inner))
  return coroutine.status(inner)
end)
outer_ = outer
print(coroutine.resume(outer))
print(coroutine.resume(outer))
local function tree(n) if n == 0 then return end tree(n - 1) coroutine.yield(n) tree(n - 1) end
local parts = {}
for v in coroutine.wrap(function() tree(4) end) do parts[#parts + 1] = v end
print(table.concat(parts, " "))
local function producer() return coroutine.create(function() for i = 1, 3 do coroutine.yield("item" .. i) end end) end
local function consumer(p) while true do local _, v = coroutine.resume(p) if not v then break end io.write(v, " ") end print() end
consumer(producer())
print(pcall(coroutine.resume, 5), pcall(coroutine.create, 5), pcall(coroutine.status, {}))
print(coroutine.resume(coroutine.create(function(...) return select("#", ...), ... end), nil, nil))
local many = {}
for i = 1, 100 do many[i] = coroutine.wrap(function() local s = 0 while true do s = s + coroutine.yield(s) end end) many[i]() end
local total = 0
for round = 1, 10 do for i = 1, 100 do total = total + many[i](i) end end
print(total)
print(pcall(string.gsub, "abc", ".", function(c) coroutine.yield(c) end))
print(coroutine.resume(coroutine.create(function() return (string.gsub("abc", ".", function(c) coroutine.yield(c) end)) end)))
print(coroutine.resume(coroutine.create(function() table.sort({ 3, 2, 1 }, function(a, b) coroutine.yield() return a < b end) end)))
local vararg = coroutine.wrap(function(...) while true do print(select("#", ...), coroutine.yield(...)) end end)
print(vararg(1, nil, nil))
print(vararg("a", "b"))
local closed = coroutine.wrap(function() local up = 0 local function inc() up = up + 1 coroutine.yield(up) return inc() end return inc() end)
print(closed(), closed(), closed())
local w = coroutine.wrap(function() error("no place", 0) end)
print(pcall(function() w() end))
w = coroutine.wrap(function() error("with place") end)
print(pcall(function() w() end))
w = coroutine.wrap(function() error({}) end)
print(type(select(2, pcall(function() w() end))))
print(pcall(function() for x in coroutine.wrap(function() coroutine.yield(1) error("in loop", 0) end) do end end))
coroutine.wrap(function() local w = coroutine.wrap(function() error("deep", 0) end) print(pcall(function() w() end)) end)()
