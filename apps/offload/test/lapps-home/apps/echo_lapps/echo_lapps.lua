echo_lapps = {}
echo_lapps.__index = echo_lapps

maps = require("echo_maps")
local methods = require("echo_methods")

echo_lapps["onStart"] = function()
  bcast:create(1000)
end

echo_lapps["onDisconnect"] = function(handler)
  bcast:unsubscribe(1000, handler)
  print("gone: " .. tostring(nljson.erase(maps.keys, tostring(handler))))
end

echo_lapps["onShutdown"] = function()
  print("echo_lapps::onShutdown()")
end

local switch = {
  [1] = function(handler, message)
    local response = nljson.decode([[{ "status" : 0, "error" : { "code" : -32600, "message" : "" }, "cid" : 0 }]])
    response.error.message = "This server does not accept Client Notifications without params"
    ws:send(handler, response)
    ws:close(handler, 1003, "No params")
    return true
  end,
  [2] = function(handler, message)
    local method = methods._cn_w_params_method[message.method] or echo.method_not_found
    method(handler, message.params, message.cid)
    return true
  end,
  [3] = function(handler, message)
    -- `echo` is another service: here it is nil.
    echo.method_not_found(handler, message.method)
    return true
  end,
  [4] = function(handler, message)
    local method = methods._request_w_params_method[message.method] or echo.method_not_found
    method(handler, message.params)
    return true
  end,
}

echo_lapps["onMessage"] = function(handler, msg_type, message)
  return switch[msg_type](handler, message)
end

return echo_lapps
