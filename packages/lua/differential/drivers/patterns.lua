-- Runs each case of a file (one a line: operation, then subject, pattern and replacement in hexadecimal, a number) and
-- writes the results, strings in hexadecimal, one line a case.
local function unhex(text) return (text:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end)) end
local function hex(text) return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end

local function describe(ok, ...)
  local parts = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    if not ok and type(v) == "string" then v = v:gsub("^[^:]*:%d+: ", "") end
    parts[i] = type(v) == "string" and hex(v) or tostring(v)
  end
  return (ok and "T " or "F ") .. table.concat(parts, ",")
end

local replacements = {a = "1", b = 2, [""] = "e", ab = false, [1] = "one", [2] = "two"}

local function gather(subject, pattern)
  local parts = {}
  for a, b, c in string.gmatch(subject, pattern) do
    parts[#parts + 1] = tostring(a) .. "|" .. tostring(b) .. "|" .. tostring(c)
    if #parts > 100 then break end
  end
  return table.concat(parts, ";")
end

local function bracket(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  return "<" .. #parts .. ":" .. table.concat(parts, ";") .. ">"
end

local operations = {
  find = function(s, p, _, n) return string.find(s, p, n) end,
  plain = function(s, p, _, n) return string.find(s, p, n, true) end,
  match = function(s, p, _, n) return string.match(s, p, n) end,
  gmatch = gather,
  gsub = function(s, p, r, n) return string.gsub(s, p, r, n > 0 and n or nil) end,
  gsubtable = function(s, p) return string.gsub(s, p, replacements) end,
  gsubcall = function(s, p) return string.gsub(s, p, bracket) end,
}

local out = {}
for line in io.lines(arg[1]) do
  local name, s, p, r, n = line:match("^(%w+) (%x*) (%x*) (%x*) (%S+)")
  out[#out + 1] = describe(pcall(operations[name], unhex(s), unhex(p), unhex(r), tonumber(n)))
  if #out >= 1000 then
    io.write(table.concat(out, "\n"), "\n")
    out = {}
  end
end
if #out > 0 then io.write(table.concat(out, "\n"), "\n") end
