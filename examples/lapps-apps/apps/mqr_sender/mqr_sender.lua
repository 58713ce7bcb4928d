-- Puts a numbered document into a queue every 100 ms; mqr_receiver takes them out.
mqr_sender = {}
mqr_sender.__index = mqr_sender

function mqr_sender.init()
end

function mqr_sender.run()
  local n = nap:new()
  local queue = mqr.create("demo")
  local number = 0
  while not must_stop() do
    number = number + 1
    local item = nljson.decode("{}")
    item.number = number
    item.from = instance_id
    local ok, err = queue:post(item)
    if not ok then
      print("mqr_sender: " .. err)
    end
    n:usleep(100000)
  end
end

return mqr_sender
