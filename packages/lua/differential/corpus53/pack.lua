-- string.pack, string.unpack, string.packsize.
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x ", c:byte()) end)) end
local function show(...) print(hex(string.pack(...))) end
show("<i1i2i4i8", 1, -2, 3, -4)
show(">i1i2i4i8", 1, -2, 3, -4)
show("<I1I2I4I8bBhHlLjJT", 255, 65535, 4294967295, 7, -1, 255, -1, 65535, -1, 5, -6, 7, 8)
show("<i3I3i5i7", -3, 3, 5, -7)
show("<i16I16", -2, 2)
show("<fdn", 1.5, -2.25, 3)
show(">fd", 0.1, 0.1)
show("z", "hello")
show("s1s2s4s", "ab", "cd", "ef", "gh")
show("c5c0c3", "ab", "", "abc")
show("<!4 i1 i4 i1 i2", 1, 2, 3, 4)
show("<!8 b Xd d b Xi4", 1, 2.5, 3)
show("<bxbx", 1, 2)
show("> i2 < i2 = i1", 1, 2, 3)
show("<i4", "17")
show("<i4", 3.0)
print(string.unpack("<i1i2i4", string.pack("<i1i2i4", -1, -2, -3)))
print(string.unpack("<I1I2I4", string.pack("<i1i2i4", -1, -2, -3)))
print(string.unpack("<d", string.pack("<d", 1.5)), string.unpack("<f", string.pack("<f", 0.5)))
print(string.unpack("z", "abc\0def"), string.unpack("s1", "\3abcdef"), string.unpack("c2", "abc"))
print(string.unpack("<i8", string.pack("<i8", 2 ^ 53 | 0)), string.unpack("<i8", string.pack("<i8", -2 ^ 53 | 0)))
print(string.unpack("<i4", "xxxx\1\0\0\0", 5), string.unpack("<i4", "\1\0\0\0", -4), string.unpack("b", "\200"))
print(string.packsize("<i4i8d!4"), string.packsize("!8i1d"), string.packsize("c10"), string.packsize("<!4 i1 !2 i2 i4"))
for _, case in ipairs {
  { "i17", 1 }, { "i0", 1 }, { "y", 1 }, { "i1", 200 }, { "I1", 256 }, { "I1", -1 }, { "i2", 40000 }, { "c", "a" }, { "c1", "ab" },
  { "z", "a\0b" }, { "s1", ("x"):rep(300) }, { "i4", "x" }, { "i4", 1.5 }, { "d", "x" }, { "!3i4", 1 }, { "X", 1 }, { "Xz", 1 },
} do print(case[1], select(2, pcall(function(...) return (string.pack(...)) end, table.unpack(case)))) end
for _, case in ipairs { { "i4", "abc" }, { "s1", "\5ab" }, { "i16", ("\255"):rep(8) .. ("\1"):rep(8) }, { "i4", "abcd", 10 }, { "i4", "abcd", -10 }, { "c5", "abc" } } do
  print(case[1], select(2, pcall(function(...) return (string.unpack(...)) end, table.unpack(case))))
end
print(pcall(function() string.packsize("z") end), pcall(function() string.packsize("s") end))
