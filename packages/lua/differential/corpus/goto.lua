-- goto, labels, break.
for i = 1, 5 do
  if i % 2 == 0 then goto continue end
  io.write(i, " ")
  ::continue::
end
print()
do
  local i = 1
  ::top::
  if i <= 3 then io.write(i, " ") i = i + 1 goto top end
  print()
end
for i = 1, 3 do
  for j = 1, 3 do
    if i * j == 4 then goto done end
    io.write(i * j, " ")
  end
end
::done::
print()
local fs = {}
do
  local n = 0
  ::again::
  local x = n
  fs[#fs + 1] = function() x = x + 1 return x end
  n = n + 10
  if n < 30 then goto again end
end
print(fs[1](), fs[1](), fs[2](), fs[3]())
while true do
  while true do break end
  do break end
end
repeat
  local stop = true
  if stop then break end
until false
do goto skip end
print("not printed")
::skip::
local function f(n)
  if n == 1 then goto one elseif n == 2 then goto two end
  do return "other" end
  ::one:: do return "one" end
  ::two:: return "two"
end
print(f(1), f(2), f(3))
for i = 1, 2 do
  local k = 0
  ::inner::
  k = k + 1
  if k < 3 then goto inner end
  io.write(i, ":", k, " ")
end
print()
do local i = 0 ::l1:: i = i + 1 if i == 5 then goto l2 end goto l1 ::l2:: print(i) end
for _, s in ipairs { "goto x", "do ::x:: end goto x", "goto x; local a; ::x:: print(a)", "::x:: ::x::", "do goto x end ::x::", "goto x; do ::x:: end", "repeat goto c; local z; ::c:: until z", "goto = 1", "goto()", "local goto = 2 return goto", "while 1 do ::e:: break end" } do
  local f, e = loadstring(s, "=g")
  print(s, f and "ok", e)
end
-- Labels in a row at the end of a block all lie outside the scope of its locals.
print((load "do goto a local y = 1 ::a:: ::b:: end return 'in a row'")())
print(load "goto a local y = 1 ::a:: ::b:: print(y)")
print(load "repeat goto a local y = 1 ::a:: ::b:: until y")
