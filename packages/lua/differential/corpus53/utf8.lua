-- The utf8 library.
print(utf8.char(72, 228, 8364, 128512), utf8.char(), #utf8.char(0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF))
print(utf8.len("häß€😀"), utf8.len(""), utf8.len("abc", 2), utf8.len("abc", 4), utf8.len("\xff"), utf8.len("ab\xc3"), utf8.len("abc", -2, -1))
print(utf8.codepoint("h€😀", 1, -1), utf8.codepoint("abc"), utf8.codepoint("abc", 2, 1))
for p, c in utf8.codes("aä€😀z") do io.write(p, ":", c, " ") end
print()
print(utf8.offset("aä€😀z", 1), utf8.offset("aä€😀z", 3), utf8.offset("aä€😀z", 5), utf8.offset("aä€😀z", 6), utf8.offset("aä€😀z", 7))
print(utf8.offset("aä€😀z", -1), utf8.offset("aä€😀z", -3), utf8.offset("aä€😀z", -9), utf8.offset("aä€", 0, 3), utf8.offset("aä€", 0))
for w in ("aä€😀z"):gmatch(utf8.charpattern) do io.write("[", w, "]") end
print()
print(utf8.len("\xed\xa0\x80"), utf8.len("\xc0\x80"), utf8.len("\xf4\x90\x80\x80"), utf8.len("\xe2\x82"))
print(pcall(function() return (utf8.char(-1)) end), pcall(function() return (utf8.char(0x110000)) end), pcall(function() return (utf8.char("x")) end))
print(pcall(function() return (utf8.codepoint("abc", 4)) end), pcall(function() return (utf8.codepoint("abc", 1, 9)) end), pcall(function() return (utf8.codepoint("\xff")) end))
print(pcall(function() return (utf8.offset("ä", 1, 2)) end), pcall(function() return (utf8.offset("a", 1, 9)) end), pcall(function() return (utf8.len("abc", 9)) end), pcall(function() return (utf8.len("abc", 1, 9)) end))
print(pcall(function() for _ in utf8.codes("a\xffb") do end end))
