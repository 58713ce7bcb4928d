-- Calls of library functions that compiled code makes by itself: assert, bit operations, bytes; arrays filled from 2 on.
local function three() return 1, nil, "c" end
local function none() end
local function tail(...) return assert(...) end
local function tailcall() return assert(three()) end
local function show(...) print(select("#", ...), ...) end
show(assert(true))
show(assert(1, "unused"))
show(assert(three()))
show(assert(three(), "two"))
show((assert(three())))
show(tail(5)) show(tail(5, nil)) show(tail("x", "y", "z"))
show(tailcall())
show(pcall(tail)) show(pcall(tail, nil)) show(pcall(tail, false, "text")) show(pcall(tail, nil, { 1 } and 7))
show(pcall(function() assert(none()) end))
show(pcall(function() assert(nil) end))
show(pcall(function() assert(false, "a text") end))
show(pcall(function() local v = assert(none() or nil, "b" .. "c") return v end))
show(pcall(function() return assert(string.find("abc", "x"), "not found") end))
show(pcall(function() return assert(string.find("abc", "b(c)")) end))
show(pcall(function(...) return assert(...) end, 1))
show(pcall(function(...) return (assert(...)) end, nil, "from outside"))
show(assert(assert(assert(4, 5), 6), 7))
do
  local calls = 0
  local function count() calls = calls + 1 return calls, "x" end
  local a, b = assert(count())
  show(a, b, calls)
  local assert = function(...) return "mine", ... end
  show(assert(count()))
  show(assert(nil, "kept"))
end
local standard = assert
assert = function(v) return "global", v end
show(assert(nil))
assert = standard
show(pcall(function() local v = assert(coroutine.wrap(function() return coroutine.yield(1) or nil end)()) return v end))
show(coroutine.wrap(function() return assert(coroutine.yield(1)) end)())
local co = coroutine.wrap(function() local a, b = assert(coroutine.yield("out")) return a, b end)
show(co()) show(co(8, 9))

local band, bor, bxor, bnot, tobit = bit.band, bit.bor, bit.bxor, bit.bnot, bit.tobit
local odd = { 0, -0, 1, -1, 0.5, 1.5, 2.5, -0.5, 255, 2^31, -2^31, 2^31 - 1, 2^32, 2^32 - 1, 2^32 + 7, -2^32 - 7, 2^40 + 3, 2^51 - 1, 2^51, -2^51,
  2^52 + 1, 2^53, 1e15, "12", "0x10", 1 / 3 }
for i = 1, #odd do
  local v, w, x = odd[i], odd[i % 5 + 1], odd[i % 7 + 3]
  show(tobit(v), bnot(v), band(v, w), bxor(v, w, x), bor(w, v, x, 16), band(255, x, v, w, -2), bxor(v, 1, 2, 3, 4, 5))
  show(tobit(tonumber(v) + 2^31), tobit(tonumber(v) * 3 - 1), bxor(tonumber(v) + 4294967295, 3))
end
show(bit.bor(1, 2, 4, 8, 16, 32, 64, 128), bit.band(7, 3, 1), bit.bxor(5))
show(pcall(function() return bxor(1, nil, 2) end))
show(pcall(function() return bor(1, 2, {}) end))
show(pcall(function() return band(1, 2, 3, "x") end))
show(pcall(function() return tobit() end))
show(pcall(function() return band() end))
show(select("#", bxor(1, 2, 3)), (bor(1, 2, 4)), #{ band(7, 6, 5) })
do
  local bxor = function(...) return select("#", ...), "own" end
  show(bxor(1, 2, 3)) show((bxor(1, 2)))
end

show(("abcdef"):byte(1, 2)) show(("abcdef"):byte(2, 5)) show(("abcdef"):byte(5, 9)) show(("abcdef"):byte(-2, -1)) show(("abcdef"):byte(-4, -1))
show(("abcdef"):byte(1, 3)) show(("abcdef"):byte(0, 1)) show(("ab"):byte(3, 6)) show(("\0\255"):byte(1, -1))

for _, from in ipairs { 2, 3, 0, -1 } do
  local t = {}
  for i = from, 300 do t[i] = i * 2 end
  for i = 301, 400 do t[#t + 1] = i end
  t.name = "n"
  t[1] = 1
  local n, sum = 0, 0
  for k, v in pairs(t) do n = n + 1 if type(v) == "number" then sum = sum + v end end
  show(from, #t, n, sum, t[0], t[2], t[64], t[65], t[300])
  for i = #t, 2, -1 do t[i] = nil end
  show(#t, next(t), t.name)
end
