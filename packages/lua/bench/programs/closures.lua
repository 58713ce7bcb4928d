-- Creation and calls of closures, upvalues.
local function counter(step)
  local n = 0
  return function(k)
    n = n + step * k
    return n
  end
end
local function compose(f, g)
  return function(x) return f(g(x)) end
end
local total = 0
for i = 1, 1500000 do
  local c = counter(i % 7)
  c(1)
  total = total + c(2)
  local f = compose(c, function(x) return x + i end)
  total = (total + f(3)) % 1000003
end
local function map(t, f)
  local r = {}
  for i = 1, #t do r[i] = f(t[i]) end
  return r
end
local list = {}
for i = 1, 1000 do list[i] = i end
for i = 1, 3000 do
  local r = map(list, function(x) return x * i end)
  total = (total + r[i % 1000 + 1]) % 1000003
end
print(total)
