-- Tokens, literals, comments.
print(0x10, 0xA.8p1, 1e2, .5, 3., 1e-3, 0xffffffff)
print("a\65\066\x41\z
       b", 'single \' quote', "tab\tnew\\n", "\u{48}\u{20AC}" == "H\226\130\172")
print([[long
string]], [==[with ]] inside]==], [[
first newline dropped]])
print(#"\0\1\255", ("\0abc"):byte(1, -1))
--[[ block
comment ]] print("after block comment")
--[==[ another
]] still ]==] print("after level two")
---[[ not a block
print("line comment only")
local and_, or_, _end, goto_ = 1, 2, 3, 4
print(and_ + or_ + _end + goto_);
print(1 ..2, 1 .. "", "a" .. 1 .. 2, -2 ^ 2, not nil == true, 2 ^ -1, -3 % 5, 2 ^ 3 ^ 2)
print(1 + 2 < 4 and "yes" or "no", 1 .. 2 == "12", #"abc" + 1, -#"abc")
local function f(...) return ... end
print(f"string call", f[[long call]], f{1, 2}[2], (f(1, 2)))
print(type(f{}), ("x"):rep(3), #{n = 1, 2, 3})
for _, source in ipairs {
  "x = = 1", "x =", "for", "if x then", "local 1", "return return", "x.1 = 2", "goto nowhere", "break",
  "::a:: ::a::", "'unfinished", "[[unfinished", "\"bad \\q escape\"", "\"\\300\"", "x = 1e", "x = 0x", "a.b:c = 1",
  "f(", "t = {1, 2", "function f(a, a.b) end", "local function f.x() end", "x = }", "for i = 1 do end",
  "for i, j = 1, 2 do end", "do local x end until x", "(a) = 1", "a() = 1", "a, b() = 1, 2", "x = '\n'", "@",
  "x = 5 y = 6 z", "return 1 2", "if x then else elseif y then end", "local x <close> = 1", "\"\\xZZ\"", "\"\\u{110000000}\"",
  "goto continue; local x; ::continue:: print(x)", "--[[ never closed", "a = b c", "f{", "a.b.c", "a:b", "...",
  "function f() return ... end", "while true do", "repeat", "local a = function(", "x = [=", "x = #", "not", "1 = 2",
} do
  print(source:sub(1, 20), select(2, loadstring(source, "=s")))
end
-- The number that select is given is evaluated once.
local evaluated = 0
local function count(n) evaluated = evaluated + 1 return n end
local function pick(n, ...) return select((count(n)), ...) end
print(pick(-1, 1, 2, 3), evaluated)
print(pick("2", 1, 2, 3), evaluated)
print(pcall(pick, 0, 1), evaluated)
