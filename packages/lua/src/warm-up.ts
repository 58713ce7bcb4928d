/** Makes the first script of a thread start sooner. */
import { State } from './state.js';

/** A little of everything scripts are written with. */
const SAMPLE = `
local List = {}
List.__index = List
function List.new(...) return setmetatable({ n = select('#', ...), ... }, List) end
function List:add(v, ...)
  if v == nil then return self elseif type(v) == "number" then v = v + 1 - 2 * 3 / 4 % 5 ^ 6 end
  self[#self + 1], self.last = v, not v
  self.n = self.n + 1
  return self:add(...)
end
local function each(t, f)
  local i = 0
  return function() i = i + 1 if i <= #t then return i, f(t[i]) end end
end
local names, count = { one = 1, ["two"] = 2, [3] = "three"; "x" }, 0
for key, value in pairs(names) do count = count + #(tostring(key) .. ":" .. value) end
for i, v in ipairs(names) do names[i] = v .. i end
for i = 1, 3 do local j = i while j > 0 and j ~= 9 do j = j - 1 if j < 1 then break end end end
for i = 10, count, -1 do repeat local done = i >= 5 or i <= 2 until done end
for _, v in each(List.new(1, 2):add("a", 4), function(v) return v end) do count = count + (tonumber(v) or 0) end
local text = ("%d %s %5.2f"):format(count, "s", 1.5):gsub("(%w+)", string.upper):rep(2)
local ok, message = pcall(error, { code = text:find("S", 1, true) and text:byte() or text:sub(1, 2):len() })
table.sort(names, function(a, b) return a < b end)
global = table.concat({ math.floor(1.5), text:match("%d+"), unpack({ 1, 2 }) }, ",") .. (ok and "" or type(message))
do goto out end
::out::
return (global == "") == false, -count
`;

let done = false;

/**
 * Compiles and runs a small script in a state of its own, once in a thread, so that the compiler and the libraries have
 * been compiled themselves when the first real one comes.
 */
export function warmUp(): void {
  if (done) return;
  done = true;
  const state = new State();
  // As code that may wait: functions inside are compiled in both ways. Once to have the compiler compiled, once more for what
  // V8 knows of its types then: a third time gains nothing.
  for (const text of [SAMPLE, `${SAMPLE} `]) state.loadRun(text, '=warm-up').start([]);
  state.close();
}
