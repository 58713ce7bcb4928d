-- The string library without patterns.
print(("hello"):sub(2, -2), ("hello"):sub(-3), ("hello"):sub(0), ("hello"):sub(10), ("hello"):sub(3, 2), ("hello"):sub(-100, 100))
print(("hello"):byte(), ("hello"):byte(2, 4), ("hello"):byte(10), ("hello"):byte(-1), ("").byte(""))
print(string.char(72, 105), string.char(), #string.char(0, 255))
print(("ab"):rep(3), ("ab"):rep(3, "-"), ("ab"):rep(0), ("ab"):rep(-1), ("ab"):rep(1, "-"), (""):rep(1000))
print(("Hello"):upper(), ("Hello"):lower(), ("Hello"):reverse(), ("Hello"):len(), #"")
print(("a\0b"):len(), ("a\0b"):upper() == "A\0B", ("\228"):upper() == "\228")
print(string.format("%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42))
print(string.format("%x %X %#x %o %c %s %q", 255, 255, 255, 8, 65, "str", 'q"\n\\\0'))
print(string.format("%5.2f|%-8.3f|%e|%g|%g|%g", 3.14159, 2.5, 12345.678, 1e20, 0.0001, 100000))
print(string.format("%10s|%-10s|%.2s|%5.1s|", "abc", "abc", "abc", "abc"))
print(string.format("%%|%s|%s|%s", nil, true, 12), string.format("%d", "10"), string.format("%s", 1e15))
print(string.format("%a %A %.2a", 1, 0.5, 3.14159), string.format("%i %u", 3.99, 7))
print(string.format("%.14g %.17g %.3g %.0f %.99f", 0.1, 0.1, 1234567, 0.5, 1 / 3))
print(string.format("%d %d %x", 2 ^ 31, -2 ^ 53, 2 ^ 53), string.format("%5s%%", 50))
local function bad(...) print(select(2, pcall(string.format, ...))) end
for _, f in ipairs { "%y", "%", "%10", "%0123d", "%1.123d", "%l", "%ld" } do bad(f, 1) end
print(pcall(function() return string.format("%d", "x") end))
print(pcall(function() return string.format("%d") end))
print(pcall(function() return string.format("%s") end))
print(pcall(function() return ("x"):rep(1e10) end))
print(pcall(function() return string.char(256) end))
print(pcall(function() return string.char(-1) end))
print(pcall(function() return string.sub() end))
print(pcall(function() return ("x"):sub({}) end))
print(pcall(function() return ("x"):rep() end))
print(pcall(function() return string.upper() end))
print(pcall(function() return string.len(nil) end))
print(pcall(function() return ("x"):nosuch() end))
print(pcall(function() return ("x").y.z end))
print(tostring("x"), tostring(nil), tostring(true), #tostring(print) > 10)
print(("x"):rep(3, ", "), ("%d"):format(7), ("a,b"):len())
local parts = {}
for n = 1, 50 do parts[#parts + 1] = n .. ":" .. string.char(64 + n % 26) end
print(table.concat(parts, " "))
local s = ""
for n = 1, 300 do s = s .. string.char(n % 256) end
print(#s, s:byte(255), s:byte(256), s:byte(300), s:sub(65, 90))
