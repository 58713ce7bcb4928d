-- Allocation of many small tables.
local function bottomUp(depth)
  if depth == 0 then return { false, false } end
  return { bottomUp(depth - 1), bottomUp(depth - 1) }
end

local function check(node)
  local left = node[1]
  if left then return 1 + check(left) + check(node[2]) end
  return 1
end

local max = 15
print(check(bottomUp(max + 1)))
local long = bottomUp(max)
for depth = 4, max, 4 do
  local iterations = 2 ^ (max - depth + 4)
  local sum = 0
  for _ = 1, iterations do sum = sum + check(bottomUp(depth)) end
  print(iterations, depth, sum)
end
print(check(long))
