-- What Lua 5.3 adds to the libraries and to the syntax, where doubles give the same result.
local p = table.pack(1, nil, 3)
print(p.n, p[1], p[3], table.unpack({ 1, 2, 3 }), table.unpack({ 1, 2, 3 }, 2), table.unpack({ 1, 2 }, 1, 3))
print(table.pack().n, select("#", table.unpack({}, 1, 3)))
print(math.type(1), math.type(1.5), math.type("1"), math.tointeger(3.0), math.tointeger(3.5), math.tointeger("x"), math.ult(1, 2), math.ult(-1, 2))
print(7 // 2, -7 // 2, 7 // -2, 0xF0 & 0x3C, 0xF0 | 0x0F, 0xFF ~ 0x0F, 1 << 10, 1024 >> 3, ~0 == -1, 5 & 3 | 8)
print(2 ^ 31 // 1 == 2147483648, 1 << 40 == 2 ^ 40, (1 << 52) | 1 == (1 << 52) + 1, 3 & 2 == 2 and true)
print(pcall(function() return 1 & {} end), pcall(function() return "a" | 1 end), pcall(function() return 1.5 & 1 end))
print(#table.concat(table.move({ 1, 2, 3 }, 1, 3, 3), ","), utf8 ~= nil, string.pack ~= nil)
print(string.rep("ab", 3, ","), ("x"):rep(0, ","), string.format("%q", "a\nb"))
goto done
do print("skipped") end
::done::
print("end")
local mt = setmetatable({}, { __idiv = function() return "idiv" end, __band = function() return "band" end, __shl = function() return "shl" end, __bnot = function() return "bnot" end })
print(mt // 1, mt & 1, mt << 1, ~mt)
