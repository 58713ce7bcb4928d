-- table.sort by default order and by comparison function.
local seed = 42
local function random()
  seed = (seed * 16807) % 2147483647
  return seed
end
local n = 300000
local a, b, c = {}, {}, {}
for i = 1, n do
  a[i] = random()
  b[i] = { key = random(), id = i }
end
for i = 1, n / 4 do c[i] = "k" .. random() end
table.sort(a)
table.sort(b, function(x, y) return x.key < y.key end)
table.sort(c)
table.sort(a, function(x, y) return x > y end)
print(a[1], a[n], b[1].key, b[n].key, c[1], c[#c])
