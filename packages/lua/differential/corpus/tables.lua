-- Tables: constructors, access, length, deletion, traversal, any kind of key.
local t = { 1, 2, 3, x = 10, ["y z"] = 20, [100] = "hundred", [2.5] = "frac", [true] = "yes", [-1] = "neg" }
print(#t, t.x, t["y z"], t[100], t[2.5], t[true], t[-1], t.missing, t[4])
local function sorted(t)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = tostring(k) end
  table.sort(keys)
  return table.concat(keys, " ")
end
print(sorted(t))
t.x = nil
t[2.5] = nil
print(sorted(t), next({}), type(next(t)))
for _, key in ipairs { "__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__index", "length", "" } do
  local m = {}
  io.write(tostring(m[key]), " ")
  m[key] = key .. "!"
  io.write(m[key], " ", tostring(rawget(m, key)), " ", next(m), "\n")
end
local list = {}
for i = 1, 10 do list[i] = i * i end
print(#list, list[10], list[11])
list[#list] = nil
print(#list)
list[#list + 1] = "new"
print(#list, list[10])
for i = #list, 1, -1 do list[i] = nil end
print(#list, next(list))
local many = {}
for i = 1, 1000 do many["k" .. i] = i end
local count, sum = 0, 0
for k, v in pairs(many) do count, sum = count + 1, sum + v end
print(count, sum)
for k in pairs(many) do many[k] = nil end
print(next(many))
for i = 1, 100 do many[i * 1000] = i end
count = 0
for k, v in pairs(many) do
  if v % 2 == 0 then many[k] = nil else many[k] = v + 1 end
  count = count + 1
end
print(count)
count = 0
for _ in pairs(many) do count = count + 1 end
print(count)
local keys = { print, {}, coroutine.create(print), 1e300, -0.5, 2 ^ 53, "1", 1, false }
local mixed = {}
for i, k in ipairs(keys) do mixed[k] = i end
for i, k in ipairs(keys) do io.write(mixed[k], " ") end
print(mixed["1"], mixed[1], mixed[1.0], mixed[0], mixed[-0])
mixed[0] = "zero"
print(mixed[-0], mixed[0.0])
print(pcall(function() mixed[nil] = 1 end))
print(pcall(function() mixed[0 / 0] = 1 end))
print(mixed[nil], mixed[0 / 0])
print(pcall(next, {}, "nokey"))
print(pcall(ipairs), pcall(pairs, nil), pcall(next))
local nested = { a = { b = { c = { 1, 2, { d = "deep" } } } } }
print(nested.a.b.c[3].d, #nested.a.b.c, nested["a"]["b"].c[1])
local function f() return 1, 2, 3 end
print(#{ f() }, #{ f(), f() }, #{ (f()) }, #{ f(), nil }, #{ n = f() }, #{ [1] = 5, 6 }, ({ [1] = 5, 6 })[1])
print(select("#", unpack({ 1, nil, 3 }, 1, 3)), unpack({ 1, 2, 3 }, 2), unpack({ 1, 2 }, 1, 3))
for i, v in ipairs { 1, 2, nil, 4 } do io.write(i, "=", v, " ") end
print()
local reverse = {}
for i = 10, 1, -1 do reverse[i] = i end
print(#reverse, reverse[1], reverse[10])
local q, head = {}, 1
for i = 1, 100 do q[#q + 1] = i end
for i = 1, 60 do table.remove(q, 1) end
print(#q, q[1], q[40])
print(rawequal(t, t), rawequal(t, {}), rawget({ 5 }, 1), rawset({}, "a", 1).a)
-- More elements in a constructor than JavaScript passes arguments.
local long = { "local t = {" }
for i = 1, 70000 do long[#long + 1] = "'v" .. i .. "'," end
long[#long + 1] = ""
for _, last in ipairs { "nil, nil}", "(function() return 7, 8, nil end)()}", "x = 5, ...}" } do
  long[#long] = last .. " return t"
  local t = loadstring(table.concat(long))(1, 2, 3)
  print(#t, t[1], t[70000], t[70002], t.x)
end
-- Arrays that are not filled from 1 on, traversed and cleared on the way.
local function tally(t, clear)
  local n, sum = 0, 0
  for k, v in pairs(t) do
    n = n + 1
    if type(k) == "number" then sum = sum + k * v end
    if clear then t[k] = nil end
  end
  return n, sum
end
local late = {}
for i = 2, 1000 do late[i] = i end
print(tally(late), late[1], late[2], late[1000], late[1001])
late[1] = 1
print(#late, tally(late))
local down = {}
for i = 1000, 1, -1 do down[i] = i end
print(#down, tally(down))
local around = {}
for i = -100, 1000 do around[i] = i end
print(#around, around[-100], around[0], tally(around))
local third = {}
for from = 1, 3 do
  for i = from, 3000, 3 do third[i] = i end
  print(tally(third))
end
print(#third, tally(third, true))
print(next(third), #third)
for i = 5, 500 do third[i] = i end
third.x = 1
print(tally(third, true))
for i = 500, 5, -1 do third[i] = i end
for i = 1, 600 do third["k" .. i] = i end
print(tally(third, true))
print(next(third))
for _ = 1, 3 do
  for i = 2, 300 do third[i] = i end
  for i = 300, 2, -1 do third[i] = nil end
  print(next(third))
end
local seen, k, v = 0, nil, nil
for i = 40, 400 do third[i] = i end
repeat
  k, v = next(third, k)
  if k ~= nil then seen, third[k] = seen + v, nil end
until k == nil
print(seen, next(third))
