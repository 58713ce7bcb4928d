echo = {}
echo.__index = echo

echo["onStart"] = function()
end

echo["onDisconnect"] = function(handler)
end

echo["onShutdown"] = function()
end

echo["onMessage"] = function(handler, opcode, message)
  if message == "" then
    -- Forgets to say how it went: nil counts as false.
    return
  end
  if message == "stats" then
    local text = "sends: " .. handler .. "/" .. #message
    return ws:send(handler, 1, text)
  end
  local result, errmsg = ws:send(handler, opcode, message)
  if not result then
    print(errmsg)
  end
  return result
end

return echo
