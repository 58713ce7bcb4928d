-- Runs each case of a file (one a line: format in hexadecimal, kind and text of the argument) and writes the result of
-- string.format in hexadecimal, one line a case.
local function unhex(text) return (text:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end)) end
local function hex(text) return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end

local readers = {
  n = tonumber,
  s = unhex,
  b = function(text) return text == "true" end,
  z = function() return nil end,
}

local function format(pattern, value, also) return string.format(pattern, value, also) end

local out = {}
for line in io.lines(arg[1]) do
  local pattern, kind, text = line:match("^(%x*) (%a) (%S*)$")
  local ok, result = pcall(format, unhex(pattern), readers[kind](text), 7)
  if not ok then result = "error " .. tostring(result):gsub("^[^:]*:%d+: ", "") end
  out[#out + 1] = hex(result) .. " " .. tostring(readers[kind](text)):gsub("%c", "?")
  if #out >= 1000 then
    io.write(table.concat(out, "\n"), "\n")
    out = {}
  end
end
if #out > 0 then io.write(table.concat(out, "\n"), "\n") end
