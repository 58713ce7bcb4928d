-- One case per path. What a case is given, and what it does to variable "value", is seen by message "see".
local txn = spoa.scope.txn

local function describe(value)
  return type(value) .. ":" .. tostring(value)
end

local cases = {
  ["/null"] = function()
    spoa.set_var_str("value", txn, "before")
    spoa.set_var_null("value", txn)
  end,
  ["/unset"] = function()
    spoa.set_var_str("value", txn, "before")
    spoa.unset_var("value", txn)
  end,
  ["/true"] = function() spoa.set_var_boolean("value", txn, true) end,
  ["/false"] = function() spoa.set_var_boolean("value", txn, false) end,
  ["/int32"] = function() spoa.set_var_int32("value", txn, -2147483648) end,
  ["/uint32"] = function() spoa.set_var_uint32("value", txn, 4294967295) end,
  ["/int64"] = function() spoa.set_var_int64("value", txn, -9007199254740991) end,
  ["/uint64"] = function() spoa.set_var_uint64("value", txn, 9007199254740991) end,
  ["/ipv4"] = function() spoa.set_var_ipv4("value", txn, "192.0.2.9") end,
  ["/ipv6"] = function() spoa.set_var_ipv6("value", txn, "2001:db8::9") end,
  ["/str"] = function() spoa.set_var_str("value", txn, "caf\233") end,
  ["/bin"] = function() spoa.set_var_bin("value", txn, "\0\1\255") end,
  ["/echo-big"] = function(args) spoa.set_var_int64("value", txn, args.big) end,
  ["/range"] = function()
    spoa.set_var_str("value", txn, "before the fault")
    spoa.set_var_uint32("value", txn, -1)
  end,
  ["/error"] = function()
    local nothing
    return nothing.field
  end,
  ["/loop"] = function()
    while true do end
  end,
  ["/busy"] = function()
    print("busy begins")
    local until_then = os.clock() + 0.5
    while os.clock() < until_then do end
  end,
  ["/scopes"] = function()
    for name, scope in pairs(spoa.scope) do spoa.set_var_str("s", scope, "in_" .. name) end
  end,
}

spoa.register_message("check", function(args)
  local case = cases[args.case]
  if case then case(args) end
  local seen = {}
  for _, arg in ipairs(args) do seen[#seen + 1] = arg.name .. "=" .. describe(arg.value) end
  spoa.set_var_str("args", txn, table.concat(seen, ";"))
  spoa.set_var_str("path", txn, args.case)
end)

spoa.register_message("see", function(args)
  spoa.set_var_str("seen", txn, describe(args.value))
end)
