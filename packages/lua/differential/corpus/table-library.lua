-- The table library.
local t = { 1, 2, 3 }
table.insert(t, 4)
table.insert(t, 1, 0)
table.insert(t, 3, "mid")
print(table.concat(t, ","), table.remove(t), table.remove(t, 1), table.remove(t, 2), table.concat(t, ","))
print(table.remove({}), table.remove({}, 0), table.remove({ 1 }, 5), #t, table.concat({}), table.concat({ 1 }, "x"), table.concat({ 1, 2, 3 }, "-", 2, 3))
table.sort(t, function(a, b) return a > b end)
print(table.concat(t, ","))
local words = { "banana", "apple", "Cherry", "date", "10", "9", "" }
table.sort(words)
print(table.concat(words, " "))
local function cmp(a, b) return #a < #b end
table.sort(words, cmp)
print(#words[1], #words[#words])
for n = 1, 30 do
  local list = {}
  for i = 1, n do list[i] = { key = (i * 7919) % 5, at = i } end
  table.sort(list, function(a, b) return a.key < b.key end)
  local parts = {}
  for i, v in ipairs(list) do parts[i] = v.key .. ":" .. v.at end
  print(n, table.concat(parts, " "))
end
local list = {}
for i = 1, 200 do list[i] = (i * 7919) % 211 end
table.sort(list)
print(list[1], list[100], list[200])
for n = 2, 12 do
  local list = {}
  for i = 1, n do list[i] = i end
  local ok, err = pcall(table.sort, list, function() return true end)
  print(n, ok, err, pcall(table.sort, list, function() return false end), table.concat(list, ","))
end
print(pcall(table.sort, { 1, "x", 2 }))
print(pcall(table.sort, { 1, 2, 3 }, 5))
print(pcall(table.sort, { {}, {}, {} }))
print(pcall(table.concat, { 1, {}, 3 }))
print(pcall(table.concat, { 1, 2 }, ",", 1, 3))
print(pcall(function() table.insert({}) end))
print(pcall(function() table.insert({}, 1, 2, 3) end))
print(pcall(function() table.insert({}, "x", 2) end))
print(pcall(function() table.insert(nil, 2) end))
print(pcall(function() table.concat({}, {}) end))
print(table.maxn { 1, 2, [10] = 1, [3.5] = 2 }, table.maxn {}, table.getn { 1, 2 })
table.foreach({ 5, 6 }, print)
table.foreachi({ 7, 8 }, print)
print(table.foreach({ 1, 2, 3 }, function(k, v) if k == 2 then return "found" .. v end end))
print(table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ","), table.concat(table.move({ 1, 2, 3 }, 2, 3, 1), ","), table.concat(table.move({ 1, 2 }, 1, 2, 3, { 9, 9 }), ","))
local new, clear = require "table.new", require "table.clear"
local made = new(10, 10)
made[1] = 1
clear(made)
print(#made, next(made))
local logged = setmetatable({}, { __newindex = function(t, k, v) io.write("new ", tostring(k), " ") rawset(t, k, v) end })
table.insert(logged, "a")
logged[2] = "b"
print(#logged)
local p = {}
for i = 1, 40 do table.insert(p, 1 + i % (#p + 1), i) end
print(table.concat(p, " "))
for i = 1, 30 do io.write(table.remove(p, 1 + (i * 3) % #p), " ") end
print(table.concat(p, " "))
