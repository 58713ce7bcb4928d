-- Raw echo: whatever comes goes back with the same opcode.
echo = {}
echo.__index = echo

function echo.onStart()
  print("echo: started")
end

function echo.onMessage(handler, opcode, message)
  local ok, err = ws:send(handler, opcode, message)
  if not ok then
    print("echo: " .. err)
  end
  return ok
end

function echo.onDisconnect(handler)
end

function echo.onShutdown()
  print("echo: stopped")
end

return echo
