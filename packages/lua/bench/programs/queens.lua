-- Backtracking with boolean arrays and recursion.
local function queens(n)
  local cols, up, down = {}, {}, {}
  for i = 1, n do cols[i] = true end
  for i = 1, 2 * n do
    up[i] = true
    down[i] = true
  end
  local count = 0
  local function place(row)
    if row > n then
      count = count + 1
      return
    end
    for c = 1, n do
      local u, d = row + c - 1, row - c + n
      if cols[c] and up[u] and down[d] then
        cols[c], up[u], down[d] = false, false, false
        place(row + 1)
        cols[c], up[u], down[d] = true, true, true
      end
    end
  end
  place(1)
  return count
end
print(queens(11))
