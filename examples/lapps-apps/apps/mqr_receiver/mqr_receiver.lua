-- Takes documents out of a queue and passes them on, on channel 7, to everyone who subscribed to broadcast 3000.
mqr_receiver = {}
mqr_receiver.__index = mqr_receiver

function mqr_receiver.init()
  bcast:create(3000)
end

function mqr_receiver.run()
  local queue = mqr.create("demo")
  local notification = nljson.decode('{"cid":7,"message":[]}')
  while not must_stop() do
    local item = queue:recv()
    if item == nil then
      break
    end
    notification.message[1] = item
    bcast:send(3000, notification)
  end
end

return mqr_receiver
