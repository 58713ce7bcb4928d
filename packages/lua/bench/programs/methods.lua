-- Classes, inheritance, method calls.
local Shape = {}
Shape.__index = Shape
function Shape.new(w, h)
  local self = setmetatable({}, Shape)
  self.w = w
  self.h = h
  return self
end
function Shape:area() return self.w * self.h end
function Shape:grow(n)
  self.w = self.w + n
  return self
end
local Square = setmetatable({}, { __index = Shape })
Square.__index = Square
function Square.new(w)
  local self = setmetatable({}, Square)
  self.w = w
  return self
end
function Square:area() return self.w * self.w end
local sum = 0
for i = 1, 2000 do
  local list = {}
  for j = 1, 50 do list[j] = j % 3 == 0 and Square.new(j) or Shape.new(j, i) end
  for _ = 1, 100 do
    for j = 1, #list do
      local s = list[j]
      sum = (sum + s:grow(1):area()) % 1000003
    end
  end
end
print(sum)
