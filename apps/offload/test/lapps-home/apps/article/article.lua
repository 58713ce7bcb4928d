-- As in the days before standalone services: the time goes out when somebody sends something, once a second at most.
article = {}
article.__index = article

local time_oon = nljson.decode('{"cid":5,"message":[""]}')
local last = 0

article["onStart"] = function()
  bcast:create(3000)
end

article["onDisconnect"] = function(handler)
  bcast:unsubscribe(3000, handler)
end

article["onShutdown"] = function()
end

article["onMessage"] = function(handler, msg_type, message)
  bcast:subscribe(3000, handler)
  local now = os.time()
  if now > last then
    last = now
    time_oon.message[1] = now
    bcast:send(3000, time_oon)
  end
  local found = nljson.find(message, "params")
  local res = nljson.decode('{"cid":0,"status":1,"result":[]}')
  if found ~= nil then
    nljson.foreach(found, function(key, value)
      res.result[key] = value
    end)
  end
  return ws:send(handler, res)
end

return article
