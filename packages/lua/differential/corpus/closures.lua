-- Closures, upvalues, scoping, recursion, varargs, tail calls.
local function counter()
  local n = 0
  return function() n = n + 1 return n end, function() return n end
end
local inc, get = counter()
inc() inc()
print(get(), inc(), get())
local fs = {}
for i = 1, 3 do fs[i] = function() i = i + 10 return i end end
print(fs[1](), fs[1](), fs[2](), fs[3]())
local k = 1
while k <= 3 do local j = k fs[k] = function() j = j * 2 return j, k end k = k + 1 end
print(fs[1](), fs[2](), fs[3]())
local x = 1
do local x = x + 1 print(x) do local x = x + 1 print(x) end print(x) end
print(x)
local x, x = 5, 6
print(x)
local function shadow(x) local x = x and x + 1 return x end
print(shadow(1), shadow())
local function v(...) local a, b = ... return select("#", ...), a, b, ... end
print(v(), v(nil), v(1, 2, 3), (v(1, 2)))
print(select(-1, 1, 2, 3), select(2, "a", "b", "c"), select("#"), pcall(select, 0), pcall(select, -5, 1))
local function pack2(...) return { n = select("#", ...), ... } end
local p = pack2(nil, 2, nil)
print(p.n, p[1], p[2], p[3])
local function tail(n) if n == 0 then return "done" end return tail(n - 1) end
print(tail(100000))
local function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(10001))
local function sum(n) if n == 0 then return 0 end return n + sum(n - 1) end
print(sum(5000))
local function infinite() return 1 + infinite() end
local ok, err = pcall(infinite)
print(ok, (tostring(err):gsub("^.-:%d+: ", "")):match("^stack overflow"))
local fact
fact = function(n) return n <= 1 and 1 or n * fact(n - 1) end
print(fact(20), fact(170))
print((function(...) return ... end)(1, 2), ((function(...) return ... end)(1, 2)))
local function multi() return 1, 2, 3 end
local a, b, c, d = multi()
print(a, b, c, d)
a, b, c = 0, multi()
print(a, b, c)
a, b = multi(), 10
print(a, b)
local t = { multi(), multi() }
print(#t, (multi()))
local function compose(f, g) return function(...) return f(g(...)) end end
print(compose(function(x) return x * 2 end, function(a, b) return a + b end)(3, 4))
local memo = setmetatable({}, { __mode = "k" })
local function fib(n) if n < 2 then return n end if memo[n] then return memo[n] end local r = fib(n - 1) + fib(n - 2) memo[n] = r return r end
print(fib(80))
local shared = {}
do local n = 0 shared.up = function() n = n + 1 end shared.down = function() n = n - 1 end shared.get = function() return n end end
shared.up() shared.up() shared.down()
print(shared.get())
local loop = {}
for _, name in ipairs { "a", "b" } do loop[name] = function() return name end end
print(loop.a(), loop.b())
repeat local z = 5 local f = function() return z end until f() == 5
print(pcall(function(...) return select("#", ...) end, nil, nil))
local obj = { n = 0 }
function obj:step(by) self.n = self.n + (by or 1) return self end
print(obj:step():step(5).n)
local nest = { a = { b = {} } }
function nest.a.b.f(x) return x end
function nest.a.b:g(x) return self == nest.a.b, x end
print(nest.a.b.f(1), nest.a.b:g(2))

-- Functions that nobody keeps.
do
  local one = 1, function() return 2 end
  local function upTo(s, c) if c < s then return c + 1 end end
  for k in upTo, 3, 0, function() return one end do print('up', k) end
  print(one, (function() return 5 end)() == 5, function() end ~= nil)
end
