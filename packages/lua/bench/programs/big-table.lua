-- A table of a million string keys: insert, look up, traverse, clear.
local t = {}
local n = 1000000
for i = 1, n do t["key" .. i] = i end
local sum = 0
for i = 1, n, 3 do sum = sum + t["key" .. i] end
local count = 0
for _, v in pairs(t) do
  if v % 2 == 0 then count = count + 1 end
end
for i = 1, n, 2 do t["key" .. i] = nil end
local left = 0
for _ in pairs(t) do left = left + 1 end
print(sum, count, left)
local numbers = {}
for i = 1, n do numbers[i * 7 % 1000003] = i end
local s2 = 0
for i = 1, n do s2 = s2 + (numbers[i] or 0) end
print(s2)
