time_broadcast = {}
time_broadcast.__index = time_broadcast

time_broadcast["init"] = function()
  bcast:create(1000)
end

time_broadcast["run"] = function()
  local n = nap:new()
  local oon = nljson.decode([[{ "cid" : 5, "message" : [] }]])
  while not must_stop() do
    oon.message[1] = os.date("Server time: %c", os.time())
    bcast:send(1000, oon)
    n:usleep(100000);
  end
end

return time_broadcast
