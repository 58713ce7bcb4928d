-- The math and bit libraries.
print(math.floor(3.7), math.floor(-3.7), math.ceil(3.2), math.ceil(-3.2), math.ceil(-0.5), math.floor(-0.0))
print(math.abs(-5), math.max(1, 5, 3), math.min(4, 2, 8), math.sqrt(16), math.pow(2, 8), math.fmod(7, 3), math.fmod(-7, 3), math.mod)
print(math.modf(3.7), math.modf(-3.7), math.modf(5), math.modf(math.huge), math.modf(-0.5))
print(math.frexp(8), math.frexp(0.1), math.frexp(0), math.frexp(-5), math.ldexp(0.5, 4), math.ldexp(1, -1074), math.ldexp(3, 1.9))
print(math.sin(0), math.cos(0), math.tan(0), math.asin(1), math.acos(1), math.atan(1), math.atan2(1, -1), math.pi)
print(math.exp(0), math.log(1), math.log10(1000), math.log(8, 2), math.log(100, 10), math.deg(math.pi), math.rad(180))
print(math.sinh(0), math.cosh(0), math.tanh(0), math.huge, -math.huge, math.huge - math.huge ~= 0)
print(string.format("%.12f %.12f %.12f %.12f", math.sin(1), math.cos(1), math.exp(1), math.log(10)))
print(string.format("%.12f %.12f %.12f %.12f", math.tan(1), math.sinh(1), math.cosh(1), math.tanh(0.5)))
print(math.max(0 / 0, 1), math.max(1, 0 / 0) ~= math.max(1, 0 / 0), math.min(-0, 0), math.min(0, -0))
print(math.random(4294967296), math.random(), math.random(10), math.random(5, 7))
math.randomseed(42)
print(math.random(), math.random(100), math.random(-5, 5), math.random(2 ^ 40))
math.randomseed(0.5)
for _ = 1, 10 do io.write(math.random(1000), " ") end
print()
local buckets = {}
for _ = 1, 10000 do local r = math.random(10) buckets[r] = (buckets[r] or 0) + 1 end
print(table.concat(buckets, " "))
for _, f in ipairs { "floor", "sqrt", "max", "min", "abs", "fmod", "ldexp", "log", "pow" } do
  print(f, pcall(function() return math[f]() end))
  print(f, pcall(function() return math[f]("x") end))
end
print(math.floor("3.7"), math.max("5", 3), math.sqrt("4"))
print(bit.band(0xff, 0x0f), bit.bor(1, 2, 4), bit.bxor(5, 1), bit.bnot(0), bit.lshift(1, 31), bit.rshift(-1, 1), bit.arshift(-8, 1))
print(bit.rol(0x12345678, 8), bit.ror(0x12345678, 8), bit.bswap(0x12345678), bit.tohex(255), bit.tohex(255, 4), bit.tohex(-1, -4))
print(bit.tobit(0xffffffff), bit.tobit(2 ^ 32 + 5), bit.tobit(2.5), bit.tobit(3.5), bit.tobit(-2.5), bit.tobit(1e10), bit.tobit(2 ^ 40 + 7))
print(bit.lshift(1, 33), bit.lshift(1, -1), bit.rshift(1, 32), bit.band(1.9, 3), bit.bor("4", 1), bit.tohex(1, 0) == "")
print(pcall(function() return bit.band() end))
print(pcall(function() return bit.band(1, {}) end))
print(pcall(function() return bit.lshift(1) end))
print(pcall(function() return bit.bnot("x") end))
local h = 5381
for c in ("hash me"):gmatch(".") do h = bit.bxor(bit.lshift(h, 5) + h, c:byte()) end
print(h, bit.tohex(h))
