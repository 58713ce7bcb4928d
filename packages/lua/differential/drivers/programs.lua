-- Runs the programs of a batch file one after the other and writes what each shows, then how it ended.
-- Batch: for each program its length in decimal, a newline, its text.
local LIMIT = 3000

local function describe(v, depth)
  local kind = type(v)
  if kind == "string" and #v > 300 then return #v .. string.format("%q", v:sub(1, 100)) end
  if kind == "string" then return string.format("%q", v) end
  if kind ~= "table" then return (kind == "number" or kind == "boolean" or kind == "nil") and tostring(v) or kind end
  if depth > 2 then return "{...}" end
  local parts = {}
  for i = 1, #v do parts[i] = describe(rawget(v, i), depth + 1) end
  local names = {}
  for k in next, v do if type(k) == "string" then names[#names + 1] = k end end
  table.sort(names)
  for _, k in ipairs(names) do parts[#parts + 1] = k .. "=" .. describe(rawget(v, k), depth + 1) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function environment(out)
  local env = {}
  for k, v in pairs(_G) do env[k] = v end
  env._G = env
  local steps = 0
  env.T = function()
    steps = steps + 1
    if steps > LIMIT then error("step limit", 0) end
  end
  env.show = function(...)
    local parts = {}
    for i = 1, select("#", ...) do parts[i] = describe((select(i, ...)), 0) end
    out[#out + 1] = table.concat(parts, "\t")
    if #out > 2000 then error("output limit", 0) end
  end
  env.clip = function(s) return string.sub(s, 1, 40) end
  env.keys = function(map)
    local names = {}
    for k in next, map do names[#names + 1] = tostring(k) end
    table.sort(names)
    local at = 0
    return function()
      at = at + 1
      return names[at]
    end
  end
  env.numbers = function(...)
    local list = {}
    for i = 1, select("#", ...) do
      local v = select(i, ...)
      if type(v) == "number" then list[#list + 1] = v end
    end
    return list
  end
  return env
end

-- Runs a program: "ended", or "failed" or "refused" and why. A host may have its own way to do that.
local execute = execute_program or function(source, env)
  local chunk, message = loadstring(source, "=p")
  if not chunk then return "refused", message end
  setfenv(chunk, env)
  local ok, err = pcall(chunk)
  if ok then return "ended" end
  return "failed", err
end

local file = assert(io.open(arg[1], "rb"))
local number = 0
while true do
  local size = file:read("*l")
  if not size then break end
  local source = file:read(tonumber(size))
  number = number + 1
  local out = {}
  local how, err = execute(source, environment(out))
  out[#out + 1] = how == "failed" and how .. " " .. describe(err, 0) or how == "refused" and how .. " " .. err or how
  local text = table.concat(out, "\n")
  io.write("#", number, " ", #text, "\n", text, "\n")
end
file:close()
