-- A JSON encoder and decoder in plain Lua: positions in a string, find, match, sub, byte, gsub, table.concat.
local byte, sub, find, match, format, gsub = string.byte, string.sub, string.find, string.match, string.format, string.gsub
local concat, char = table.concat, string.char

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local function escape(c) return escapes[c] or format("\\u%04x", byte(c)) end

local encode
local function append(out, n, v)
  local kind = type(v)
  if kind == "string" then
    out[n + 1] = '"' .. gsub(v, '[%c"\\]', escape) .. '"'
    return n + 1
  elseif kind == "table" then
    if v[1] ~= nil or next(v) == nil then
      out[n + 1] = "["
      n = n + 1
      for i = 1, #v do
        if i > 1 then n = n + 1 out[n] = "," end
        n = append(out, n, v[i])
      end
      out[n + 1] = "]"
      return n + 1
    end
    local keys = {}
    for k in pairs(v) do keys[#keys + 1] = k end
    table.sort(keys)
    out[n + 1] = "{"
    n = n + 1
    for i, k in ipairs(keys) do
      if i > 1 then n = n + 1 out[n] = "," end
      n = append(out, n, k) + 1
      out[n] = ":"
      n = append(out, n, v[k])
    end
    out[n + 1] = "}"
    return n + 1
  end
  out[n + 1] = kind == "number" and format("%.14g", v) or tostring(v)
  return n + 1
end
function encode(v)
  local out = {}
  append(out, 0, v)
  return concat(out)
end

local unescapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local function text(s, at)
  local parts, from = nil, at
  while true do
    local stop = find(s, '["\\]', from)
    if not stop then error("text without end at " .. at) end
    if byte(s, stop) == 34 then
      local tail = sub(s, from, stop - 1)
      if parts == nil then return tail, stop + 1 end
      parts[#parts + 1] = tail
      return concat(parts), stop + 1
    end
    parts = parts or {}
    parts[#parts + 1] = sub(s, from, stop - 1)
    local c = sub(s, stop + 1, stop + 1)
    if c == "u" then
      parts[#parts + 1] = char(tonumber(sub(s, stop + 2, stop + 5), 16) % 256)
      from = stop + 6
    else
      parts[#parts + 1] = unescapes[c] or c
      from = stop + 2
    end
  end
end

local function skip(s, at) return match(s, "^[ \n\r\t]*()", at) end
local constants = { t = { "true", true }, f = { "false", false }, n = { "null", nil } }
local value
local function list(s, at)
  local t, n = {}, 0
  at = skip(s, at)
  if byte(s, at) == 93 then return t, at + 1 end
  while true do
    n = n + 1
    t[n], at = value(s, at)
    at = skip(s, at)
    local c = byte(s, at)
    if c == 93 then return t, at + 1 end
    assert(c == 44, "',' expected")
    at = at + 1
  end
end
local function object(s, at)
  local t = {}
  at = skip(s, at)
  if byte(s, at) == 125 then return t, at + 1 end
  while true do
    at = skip(s, at)
    assert(byte(s, at) == 34, "key expected")
    local k
    k, at = text(s, at + 1)
    at = skip(s, at)
    assert(byte(s, at) == 58, "':' expected")
    t[k], at = value(s, at + 1)
    at = skip(s, at)
    local c = byte(s, at)
    if c == 125 then return t, at + 1 end
    assert(c == 44, "',' expected")
    at = at + 1
  end
end
function value(s, at)
  at = skip(s, at)
  local c = byte(s, at)
  if c == 34 then return text(s, at + 1) end
  if c == 123 then return object(s, at + 1) end
  if c == 91 then return list(s, at + 1) end
  local constant = constants[sub(s, at, at)]
  if constant then
    assert(sub(s, at, at + #constant[1] - 1) == constant[1])
    return constant[2], at + #constant[1]
  end
  local number, stop = match(s, "^(-?%d+%.?%d*[eE]?[+-]?%d*)()", at)
  return tonumber(number) or error("value expected at " .. at), stop
end

local data = { name = "list", items = {}, nested = { a = { b = { c = {} } } } }
for i = 1, 400 do
  data.items[i] = { id = i, title = "item " .. i, text = 'quoted "text"\n' .. i, price = i * 1.25, tags = { "x", "y" .. i }, done = i % 2 == 0 }
end
local size = 0
for _ = 1, 40 do
  local s = encode(data)
  size = size + #s
  data = value(s, 1)
end
print(size, data.items[7].text, data.items[400].price, #data.items, encode(data.items[3]))
