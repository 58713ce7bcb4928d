-- Floating-point arithmetic on locals.
local size, limit = 1000, 50
local inside = 0
for y = 0, size - 1 do
  local ci = 2 * y / size - 1
  for x = 0, size - 1 do
    local cr = 2 * x / size - 1.5
    local zr, zi, n = 0, 0, 0
    while n < limit and zr * zr + zi * zi < 4 do
      zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
      n = n + 1
    end
    if n == limit then inside = inside + 1 end
  end
end
print(inside)
