-- Bit operations of two and more operands in loops, assert around calls, arrays that are filled from 2 on.
local band, bor, bxor, lshift, rshift, rol, bswap, tohex = bit.band, bit.bor, bit.bxor, bit.lshift, bit.rshift, bit.rol, bit.bswap, bit.tohex
local function mix(h, v)
  h = bxor(h, v)
  h = bxor(lshift(h, 5), rshift(h, 2), rol(h, 13), h)
  return bor(band(h, 0x7fffffff), band(v, 1))
end
local h = 1
for i = 1, 8000000 do h = mix(h, i) end
print(tohex(h), tohex(bswap(h)))

local function check(n)
  if n < 0 then return nil, "negative" end
  return n, "fine"
end
local sum = 0
for i = 1, 6000000 do
  local v, text = assert(check(i % 100))
  sum = sum + v + #text
  assert(sum > 0, "a sum")
end
print(sum)

local composite = 0
for _ = 1, 20 do
  local sieve = {}
  for i = 2, 100000 do sieve[i] = true end
  for i = 2, 316 do
    if sieve[i] then for j = i * i, 100000, i do sieve[j] = false end end
  end
  for i = 2, 100000 do if not sieve[i] then composite = composite + 1 end end
end
print(composite)
