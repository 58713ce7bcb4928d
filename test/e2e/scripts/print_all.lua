-- Prints a value with everything in it, for people: tables indented, keys in the order `pairs` gives them.
local function print_all(value, indent)
  indent = indent or ""
  if type(value) ~= "table" then
    io.write(indent, type(value), " ", tostring(value), "\n")
    return
  end
  io.write(indent, "table of ", tostring(#value), "\n")
  for key, item in pairs(value) do
    io.write(indent, "  ", tostring(key), ":\n")
    print_all(item, indent .. "    ")
  end
end

return print_all
