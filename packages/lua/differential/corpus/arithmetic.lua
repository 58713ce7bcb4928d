-- Arithmetic, comparison, concatenation and conversions between numbers and strings.
print(7 / 2, 7 % 3, -7 % 3, 7 % -3, -7 % -3, 5.5 % 2, 1 / 0, -1 / 0, 0 / 0 ~= 0 / 0)
print(1 % math.huge, -1 % math.huge, 1 % -math.huge, 5 % 0 ~= 5 % 0, 0 % 5, -0 % 5, -6 % 3)
print(2 ^ 10, 2 ^ 0.5, 2 ^ -2, (-8) ^ (1 / 3) ~= (-8) ^ (1 / 3), 0 ^ 0, 10 ^ 15, 10 ^ 16)
print("10" + 5, "0x10" * 2, " 3 " - 1, "1e1" / 2, -"4", "2" ^ "3", "7" % "4")
print(10 .. "", 1.5 .. "|", -0 .. "", 1e100 .. "", 2 ^ 53 .. "", 0.1 .. "", 1e15 .. " " .. 1e14)
print(1 == 1.0, "1" == 1, 0 == -0, 1 / 0 == math.huge, nil == false)
print("a" < "b", "a" < "B", "" < "a", "a" < "ab", "Z" < "a", "10" < "9", "\255" > "a", "a\0b" < "a\0c")
print(1 < 2, 2 <= 2, 3 > 4, 4 >= 4, 0 / 0 < 1, 0 / 0 == 0 / 0, 1 ~= 2)
print(2 ^ 53 + 1, 2 ^ 53, 1e308 * 10, -1e308 * 10, 5e-324 / 2, 123456789 * 987654321)
print(0.1 + 0.2, 0.1 + 0.2 == 0.3, 1e15 + 0.5, 100000000000000, 99999999999999.9, 3.14159265358979)
print(1e15, 1e16, 123456789012, 1234567890123456, 0.1 + 0.7, 1 / 3, 100 / 3, 1e-7, 12345.678e-10)
print(tostring(-0), tostring(0), tostring(1e300), tostring(-1e-300), 2 ^ 63, -2 ^ 63, 2 ^ 31, 2 ^ 32)
for _, text in ipairs { "10", "0x", "0x1p4", "1e", "", " ", "5.", ".5", "1_0", "1 2", "0b11", "inf", "nan", "1e400", "0x.8", "--1", "+1" } do
  print(text, tonumber(text))
end
print(tonumber("ff", 16), tonumber("zz", 36), tonumber("8", 8), tonumber("-11", 2), tonumber("1.5", 10), tonumber(" 7 ", 8))
local function bad(f, ...) print(select(2, pcall(f, ...))) end
bad(function() return {} + 1 end)
bad(function() return 1 + {} end)
bad(function() return "abc" + 1 end)
bad(function() return 1 .. {} end)
bad(function() return nil .. "x" end)
bad(function() return 1 < "2" end)
bad(function() return {} < {} end)
bad(function() return nil > 1 end)
bad(function() return #5 end)
bad(function() return -{} end)
bad(function() return true <= false end)
local x, y = 5, 3
x, y = y, x
print(x, y, x + y * 2 - (x - y) / 2)
local i, t = 1, {}
i, t[i] = i + 1, 20
print(i, t[1], t[2])
for n = 10, 1, -3 do io.write(n, " ") end
for n = 1, 0 do io.write("never") end
for n = 0.1, 0.5, 0.1 do io.write(n, " ") end
for n = 3, 1 do io.write("never") end
print()
-- The bit library by every way to reach it, on integers and on everything else.
local bit = bit
local band, bor, bxor, bnot, tobit = bit.band, bit.bor, bit.bxor, bit.bnot, bit.tobit
local lshift, rshift, arshift, rol, ror = bit.lshift, bit.rshift, bit.arshift, bit.rol, bit.ror
local operands = { 0, 1, -1, 0x7fffffff, -2 ^ 31, 2 ^ 31, 2 ^ 32 + 5, 2 ^ 40 + 0.5, 1.5, "17", -0.5, 2 ^ 51, 2 ^ 51 - 1, -2 ^ 51, 2.5 }
for _, x in ipairs(operands) do
  print(bnot(x), tobit(x), bit.bnot(x), band(x, 255), bor(0xffffffff, x), bxor(x, 0x80000000))
  print(lshift(x, 3), rshift(x, 31), rol(x, 40), ror(x, 4294967295), arshift(x, -1))
  for _, y in ipairs(operands) do
    print(band(x, y), bor(x, y), bxor(x, y), lshift(x, y), rshift(x, y), arshift(x, y), rol(x, y), ror(x, y), bit.band(x, y))
  end
end
local function mixed(a, b) return band(a, bxor(b, bor(a, rshift(b, 1)))) end
print(mixed(5, 9), mixed(2 ^ 40, 7), pcall(mixed, {}, 1), pcall(mixed, 1, "x"))
local function two() return 7, 3 end
local function any(...) return band(...), bnot(...), band(255, ...), bor(...) end
print(band(two()), band(15, two()), (band(two())), any(9, 3))
do
  local band = function(a, b) return "mine", a, b end
  print(band(1, 2))
end
local stepped = coroutine.wrap(function()
  local function wait(a) coroutine.yield(a) return a end
  return band(wait(7), wait(3)), bnot(wait(4)), (bor(wait(1), 6))
end)
print(stepped(), stepped(), stepped(), stepped(), stepped())
