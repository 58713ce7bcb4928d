-- Pattern matching.
print(("hello world"):find("wor"), ("hello world"):find("o", 6), ("hello"):find("l+"), ("hello"):find("xyz"), ("a.b"):find(".", 1, true))
print(("hello"):find(""), ("hello"):find("", 10), ("hello"):find("", -2), (""):find(""), ("abc"):find("b", -1))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("  trim  "):match("^%s*(.-)%s*$") .. "|")
print(("2024-01-15"):match("(%d+)-(%d+)-(%d+)"), ("abc"):match("()b()"), ("abc"):match(".-"), ("abc"):match("b.-$"))
print(("[[nested]]"):match("%[(.*)%]"), ("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%((%a+)%)"))
print(("THE (quick) fox"):gsub("%f[%a]%a+", "<%0>"), ("hello"):gsub("l", {l = "L"}), ("hello"):gsub("", "-"))
print(("abc"):gsub("%w", "%0%0"), ("abc"):gsub("(a)(b)", "%2%1"), ("hello world"):gsub("o", "0", 1), ("abc"):gsub("b", "%%"))
print(("hello"):gsub("(l)(l)", function(a, b) return a:upper() .. b end), ("abc"):gsub(".", {a = 1, b = true and "x", c = false}))
print(("x = 1, y = 2"):gsub("(%w+) = (%w+)", "%2 = %1"), ("abc"):gsub("^a", "x"), ("aaa"):gsub("^a", "x"), ("abc"):gsub("c$", "x"))
for k, v in ("a=1, b=2, c=3"):gmatch("(%w+)=(%w+)") do io.write(k, v, ";") end
for w in ("one two  three"):gmatch("%a+") do io.write(w, ";") end
for p in ("abc"):gmatch("()") do io.write(p, ";") end
for c in ("a1b2"):gmatch("%a%d") do io.write(c, ";") end
print()
for _, case in ipairs {
  { "%a", "a1_ é" }, { "%d+", "x123y" }, { "[^%s]+", "  word " }, { "[a-c]+", "xxabcabd" }, { "[%w_]+", "!var_1!" }, { "%p", "a,b" },
  { "%x+", "0xBEEFg" }, { "%u%l*", "the Quick" }, { "%c", "a\nb" }, { "%g+", " vis " }, { "[]]", "a]b" }, { "[^]]", "]a" }, { "[a-]", "-" },
  { "a?b", "b" }, { "a*", "aaa" }, { "a-b", "aaab" }, { "(a*)(b*)", "aabb" }, { "(.)%1", "hello" }, { "^$", "" }, { "$", "x" }, { "a$b", "a$b" },
  { "%z", "a\0b" }, { "%.", "a.b" }, { "[%]]", "]" }, { "%S+", " x " }, { ".+", "x\ny" }, { "(()x())", "abx" }, { "%f[%d]%d+", "a12 b3" },
} do
  print(case[1], case[2]:match(case[1]))
end
for _, p in ipairs { "%", "[a", "(a", "a)", "(a))", "%1", "(a)%2", "%b", "%bx", "%f", "%fa", "[%", "[]", "((a)", ("()"):rep(33) } do
  print(p:sub(1, 8), pcall(string.match, "aaa", p))
end
print(pcall(string.gsub, "abc", "%w", "%9"))
print(pcall(function() return ("abc"):gsub("%w", function() return {} end) end))
print(pcall(function() return ("abc"):gsub("%w", true) end))
print(pcall(function() return ("abc"):gsub("%w") end))
print(pcall(function() return ("abc"):gsub("(", "x") end))
print(pcall(string.find, ("a"):rep(300), ("a?"):rep(300)))
print(("a"):rep(250):find(("a?"):rep(199)))
print(pcall(string.find, ("a"):rep(250), ("a?"):rep(200)))
local nested = ("(%w)"):rep(9)
print(("abcdefghij"):match(nested))
print((("abc def"):gsub("%w+", function(w) if w == "def" then return nil end return w:reverse() end)))
print(("abc"):gsub(".", "%0%%%0"), ("x y"):gsub(" ", "%%20"), ("path/to/file"):match("([^/]+)$"), ("a,b,,c"):gsub(",", ";"))
local text = ("The quick brown fox jumps over the lazy dog. "):rep(20)
print(select(2, text:gsub("%w+", "")), select(2, text:gsub("[aeiou]", "")), text:find("lazy%s+dog%."), #text:gsub("%s+", " "))
