-- Ping-pong between coroutines, generators.
local function producer(n)
  return coroutine.wrap(function()
    for i = 1, n do coroutine.yield(i) end
  end)
end
local sum = 0
for v in producer(2500000) do
  sum = sum + v
end
print(sum)
local ping = coroutine.create(function(x)
  while true do x = coroutine.yield(x + 1) end
end)
local v = 0
for _ = 1, 2500000 do
  local _, r = coroutine.resume(ping, v)
  v = r
end
print(v)
local function walk(node)
  if node then
    walk(node.left)
    coroutine.yield(node.key)
    walk(node.right)
  end
end
local function build(lo, hi)
  if lo > hi then return nil end
  local mid = math.floor((lo + hi) / 2)
  return { key = mid, left = build(lo, mid - 1), right = build(mid + 1, hi) }
end
local tree, total = build(1, 200000), 0
for key in coroutine.wrap(function() walk(tree) end) do total = total + key end
print(total)
