-- Concatenation, table.concat, string.byte/char/sub/rep/upper/reverse.
local parts = {}
for i = 1, 500000 do parts[#parts + 1] = "item" .. i .. ";" end
local s = table.concat(parts)
print(#s)
local sum = 0
for i = 1, #s do sum = (sum * 31 + s:byte(i)) % 1000003 end
print(sum)
local out = {}
for i = 1, 500000 do
  local a = s:sub(i, i + 3)
  out[i] = a:upper() .. string.char(65 + i % 26)
end
local t = table.concat(out, ",")
print(#t, t:sub(1, 40))
local acc = ""
for i = 1, 20000 do acc = acc .. string.char(97 + i % 26) end
print(#acc, acc:reverse():sub(1, 10), #acc:rep(10))
