-- The message handler of the architecture notes: five argument tables, a sum and a hash, one variable set.
local result
local txn = {}
function txn.set_int32(name, value) result = value end

local function handler(args)
  local sum, hash = 0, 5381
  for i = 1, #args do
    local a = args[i]
    local v = a.value
    if type(v) == "number" then
      sum = sum + v
    elseif type(v) == "string" then
      for j = 1, #v do hash = (hash * 33 + v:byte(j)) % 4294967296 end
    elseif v == true then
      sum = sum + 1
    end
  end
  txn.set_int32("score", (sum + hash) % 2147483648)
end

for i = 1, 1000000 do
  handler({
    { name = "arg0", value = i },
    { name = "arg1", value = "127.0.0.1" },
    { name = "arg2", value = true },
    { name = "arg3", value = "GET" },
    { name = "arg4", value = "/index.html" },
  })
end
print(result)
