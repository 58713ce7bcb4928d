-- string.find, match, gsub, gmatch and format.
local text = {}
for i = 1, 2000 do
  text[i] = string.format("%04d: user%d@example%d.com said %q at %5.2f", i, i * 7 % 911, i % 13, "hello", i / 7)
end
local s = table.concat(text, "\n")
local hits, total = 0, 0
for _ = 1, 60 do
  for user, host in s:gmatch("(%w+)@(%w+)%.com") do
    hits = hits + #user + #host
  end
  local r, n = s:gsub("%d+", function(d) return "<" .. d .. ">" end)
  total = total + n + #r
  r, n = s:gsub("said", "wrote")
  total = total + n + #r
end
local found = 0
for i = 1, 600000 do
  local line = text[i % 2000 + 1]
  if line:find("@example7", 1, true) then found = found + 1 end
  local a, b = line:match("^(%d+): (%a+)")
  if b == "user" and a then found = found + 1 end
end
local len = 0
for i = 1, 600000 do len = len + #string.format("%d %s %x %g", i, "abc", i, i / 3) end
print(hits, total, found, len)
