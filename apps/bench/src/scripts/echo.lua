local echo = {}
function echo.onStart() end
function echo.onMessage(handler, kind, message) return ws:send(handler, kind, message) end
function echo.onDisconnect(handler) end
function echo.onShutdown() end
return echo
