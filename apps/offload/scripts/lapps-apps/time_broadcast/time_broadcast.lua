-- Tells the time on channel 5, once a second, to everyone who subscribed to broadcast 1000.
time_broadcast = {}
time_broadcast.__index = time_broadcast

function time_broadcast.init()
  bcast:create(1000)
end

function time_broadcast.run()
  local n = nap:new()
  local notification = nljson.decode('{"cid":5,"message":[""]}')
  while not must_stop() do
    notification.message[1] = "Server time: " .. os.date("%c", os.time())
    bcast:send(1000, notification)
    n:usleep(1000000)
  end
end

return time_broadcast
