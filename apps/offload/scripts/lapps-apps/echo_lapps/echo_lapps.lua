-- Echo over the LAppS protocol: log in, echo, subscribe to broadcasts, log out.
echo_lapps = {}
echo_lapps.__index = echo_lapps

maps = require("lapps_echo_maps")
local methods = require("lapps_echo_methods")

-- Kinds of messages, as the server tells them.
local by_kind = {
  -- client notification without params
  [1] = function(handler, message)
    if message.method == "logout" then
      return methods.notifications.logout(handler)
    end
    return methods.refuse(handler, -32600, "This notification needs params", 1003)
  end,
  -- client notification with params
  [2] = function(handler, message)
    local method = methods.notifications[message.method]
    if method == nil then
      return methods.refuse(handler, -32601, "No such method", 1003)
    end
    return method(handler, message.params, message.cid)
  end,
  -- request without params
  [3] = function(handler)
    return methods.refuse(handler, -32601, "No such method", 1003)
  end,
  -- request with params
  [4] = function(handler, message)
    local method = methods.requests[message.method]
    if method == nil then
      return methods.refuse(handler, -32601, "No such method", 1003)
    end
    return method(handler, message.params)
  end,
}

function echo_lapps.onStart()
  bcast:create(1000)
end

function echo_lapps.onMessage(handler, kind, message)
  return by_kind[kind](handler, message)
end

function echo_lapps.onDisconnect(handler)
  bcast:unsubscribe(1000, handler)
  nljson.erase(maps.keys, tostring(handler))
end

function echo_lapps.onShutdown()
end

return echo_lapps
