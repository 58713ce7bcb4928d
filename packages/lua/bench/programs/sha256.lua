-- SHA-256 with the bit library: additions modulo 2^32, shifts, tables of words, bytes of strings.
local band, bor, bxor, bnot = bit.band, bit.bor, bit.bxor, bit.bnot
local rshift, lshift, ror, tobit = bit.rshift, bit.lshift, bit.ror, bit.tobit
local byte, char, rep, format = string.byte, string.char, string.rep, string.format

-- The constants: fractions of square and cube roots of the first primes.
local K, H0 = {}, {}
do
  local n, found = 2, 0
  while found < 64 do
    local prime = true
    for d = 2, n - 1 do
      if d * d > n then break end
      if n % d == 0 then prime = false break end
    end
    if prime then
      found = found + 1
      local cube = n ^ (1 / 3)
      K[found] = tobit(math.floor((cube - math.floor(cube)) * 2 ^ 32))
      if found <= 8 then
        local square = n ^ 0.5
        H0[found] = tobit(math.floor((square - math.floor(square)) * 2 ^ 32))
      end
    end
    n = n + 1
  end
end

local W = {}
local function block(h, text, at)
  for i = 1, 16 do
    local a, b, c, d = byte(text, at, at + 3)
    W[i] = bor(lshift(a, 24), lshift(b, 16), lshift(c, 8), d)
    at = at + 4
  end
  for i = 17, 64 do
    local x, y = W[i - 15], W[i - 2]
    local s0 = bxor(ror(x, 7), ror(x, 18), rshift(x, 3))
    local s1 = bxor(ror(y, 17), ror(y, 19), rshift(y, 10))
    W[i] = tobit(W[i - 16] + s0 + W[i - 7] + s1)
  end
  local a, b, c, d, e, f, g, hh = h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]
  for i = 1, 64 do
    local s1 = bxor(ror(e, 6), ror(e, 11), ror(e, 25))
    local choice = bxor(band(e, f), band(bnot(e), g))
    local t1 = hh + s1 + choice + K[i] + W[i]
    local s0 = bxor(ror(a, 2), ror(a, 13), ror(a, 22))
    local majority = bxor(band(a, b), band(a, c), band(b, c))
    hh, g, f, e = g, f, e, tobit(d + t1)
    d, c, b, a = c, b, a, tobit(t1 + s0 + majority)
  end
  h[1], h[2], h[3], h[4] = tobit(h[1] + a), tobit(h[2] + b), tobit(h[3] + c), tobit(h[4] + d)
  h[5], h[6], h[7], h[8] = tobit(h[5] + e), tobit(h[6] + f), tobit(h[7] + g), tobit(h[8] + hh)
end

local function word(n)
  return char(band(rshift(n, 24), 255), band(rshift(n, 16), 255), band(rshift(n, 8), 255), band(n, 255))
end

local function sha256(text)
  local length = #text
  text = text .. "\128" .. rep("\0", (55 - length) % 64) .. word(0) .. word(length * 8)
  local h = { unpack(H0) }
  for at = 1, #text, 64 do block(h, text, at) end
  local out = {}
  for i = 1, 8 do out[i] = format("%08x", h[i] % 2 ^ 32) end
  return table.concat(out)
end

print(sha256(""), sha256("abc"))
local text = ""
for i = 1, 2000 do text = text .. string.char(i * 7 % 256, i * i % 256) end
local digest = text
for _ = 1, 300 do digest = sha256(digest .. text) end
print(digest)
