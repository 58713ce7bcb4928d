-- Small versions of the usual benchmark programs.
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(20))
local function ack(m, n) if m == 0 then return n + 1 end if n == 0 then return ack(m - 1, 1) end return ack(m - 1, ack(m, n - 1)) end
print(ack(2, 5))
local function tak(x, y, z) if y >= x then return z end return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) end
print(tak(12, 8, 4))
local function sieve(n)
  local flags, count = {}, 0
  for i = 2, n do flags[i] = true end
  for i = 2, n do if flags[i] then count = count + 1 for j = i * i, n, i do flags[j] = false end end end
  return count
end
print(sieve(10000))
local function queens(n)
  local count, cols, d1, d2 = 0, {}, {}, {}
  local function place(row)
    if row > n then count = count + 1 return end
    for c = 1, n do
      if not cols[c] and not d1[row + c] and not d2[row - c] then
        cols[c], d1[row + c], d2[row - c] = true, true, true
        place(row + 1)
        cols[c], d1[row + c], d2[row - c] = nil, nil, nil
      end
    end
  end
  place(1)
  return count
end
print(queens(6), queens(7))
local function mandelbrot(size)
  local total = 0
  for py = 0, size - 1 do
    for px = 0, size - 1 do
      local cr, ci, zr, zi, n = 2 * px / size - 1.5, 2 * py / size - 1, 0, 0, 0
      while n < 50 and zr * zr + zi * zi < 4 do zr, zi, n = zr * zr - zi * zi + cr, 2 * zr * zi + ci, n + 1 end
      total = total + n
    end
  end
  return total
end
print(mandelbrot(40))
local function A(i, j) local ij = i + j - 1 return 1 / (ij * (ij - 1) * 0.5 + i) end
local function spectral(n)
  local u, v, t = {}, {}, {}
  local function Av(x, y) for i = 1, n do local a = 0 for j = 1, n do a = a + x[j] * A(i, j) end y[i] = a end end
  local function Atv(x, y) for i = 1, n do local a = 0 for j = 1, n do a = a + x[j] * A(j, i) end y[i] = a end end
  for i = 1, n do u[i] = 1 end
  for _ = 1, 5 do Av(u, t) Atv(t, v) Av(v, t) Atv(t, u) end
  local vBv, vv = 0, 0
  for i = 1, n do vBv, vv = vBv + u[i] * v[i], vv + v[i] * v[i] end
  return math.sqrt(vBv / vv)
end
print(string.format("%.9f", spectral(30)))
local function fannkuch(n)
  local p, q, s, sign, maxflips, sum = {}, {}, {}, 1, 0, 0
  for i = 1, n do p[i], q[i], s[i] = i, i, i end
  repeat
    local q0 = p[1]
    if q0 ~= 1 then
      for i = 2, n do q[i] = p[i] end
      local flips = 1
      while true do
        local qq = q[q0]
        if qq == 1 then sum = sum + sign * flips if flips > maxflips then maxflips = flips end break end
        q[q0] = q0
        if q0 >= 4 then local i, j = 2, q0 - 1 repeat q[i], q[j] = q[j], q[i] i, j = i + 1, j - 1 until i >= j end
        q0, flips = qq, flips + 1
      end
    end
    if sign == 1 then p[2], p[1] = p[1], p[2] sign = -1
    else
      p[2], p[3] = p[3], p[2] sign = 1
      for i = 3, n do
        local sx = s[i]
        if sx ~= 1 then s[i] = sx - 1 break end
        if i == n then return sum, maxflips end
        s[i] = i
        local t = p[1] for j = 1, i do p[j] = p[j + 1] end p[i + 1] = t
      end
    end
  until false
end
print(fannkuch(6))
local function bottomup(d) if d == 0 then return {} end return { bottomup(d - 1), bottomup(d - 1) } end
local function check(t) if t[1] then return 1 + check(t[1]) + check(t[2]) end return 1 end
print(check(bottomup(10)))
local bodies = { { 0, 0, 0, 0, 0, 0, 39 }, { 4.8, -1.1, -0.1, 0.6, 2.8, -0.02, 0.03 }, { 8.3, 4.1, -0.4, -1, 1.8, 0.008, 0.01 } }
for _ = 1, 100 do
  for i, b in ipairs(bodies) do
    for j = i + 1, #bodies do
      local c = bodies[j]
      local dx, dy, dz = b[1] - c[1], b[2] - c[2], b[3] - c[3]
      local d2 = dx * dx + dy * dy + dz * dz
      local mag = 0.001 / (d2 * math.sqrt(d2))
      b[4], b[5], b[6] = b[4] - dx * c[7] * mag, b[5] - dy * c[7] * mag, b[6] - dz * c[7] * mag
      c[4], c[5], c[6] = c[4] + dx * b[7] * mag, c[5] + dy * b[7] * mag, c[6] + dz * b[7] * mag
    end
  end
  for _, b in ipairs(bodies) do for k = 1, 3 do b[k] = b[k] + 0.001 * b[k + 3] end end
end
for _, b in ipairs(bodies) do print(string.format("%.9f %.9f %.9f", b[1], b[2], b[3])) end
local words, text = {}, ("the quick brown fox jumps over the lazy dog "):rep(10)
for w in text:gmatch("%a+") do words[w] = (words[w] or 0) + 1 end
local names = {}
for w in pairs(words) do names[#names + 1] = w end
table.sort(names)
for i, w in ipairs(names) do names[i] = w .. "=" .. words[w] end
print(table.concat(names, " "))
local function permute(a, n, out) n = n or #a if n <= 1 then out[#out + 1] = table.concat(a) else for i = 1, n do a[n], a[i] = a[i], a[n] permute(a, n - 1, out) a[n], a[i] = a[i], a[n] end end return out end
print(table.concat(permute({ "a", "b", "c", "d" }, nil, {}), " "))
local function hanoi(n, a, b, c) if n == 0 then return 0 end return hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a) end
print(hanoi(10, "a", "b", "c"))
local m = {}
for i = 1, 10 do m[i] = {} for j = 1, 10 do m[i][j] = i * j end end
local r = {}
for i = 1, 10 do r[i] = {} for j = 1, 10 do local s = 0 for k = 1, 10 do s = s + m[i][k] * m[k][j] end r[i][j] = s end end
print(r[1][1], r[5][5], r[10][10])
local heap = {}
local function push(v) heap[#heap + 1] = v local i = #heap while i > 1 and heap[math.floor(i / 2)] > heap[i] do local p = math.floor(i / 2) heap[i], heap[p] = heap[p], heap[i] i = p end end
local function pop() local top = heap[1] heap[1] = heap[#heap] heap[#heap] = nil local i = 1 while true do local l, s = i * 2, i if heap[l] and heap[l] < heap[s] then s = l end if heap[l + 1] and heap[l + 1] < heap[s] then s = l + 1 end if s == i then break end heap[i], heap[s] = heap[s], heap[i] i = s end return top end
for i = 1, 50 do push((i * 37) % 53) end
local sorted = {}
while #heap > 0 do sorted[#sorted + 1] = pop() end
print(table.concat(sorted, " "))
