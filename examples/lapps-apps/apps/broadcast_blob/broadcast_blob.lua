-- Sends a few kilobytes of text on channel 6 to everyone who subscribed to broadcast 2000.
broadcast_blob = {}
broadcast_blob.__index = broadcast_blob

function broadcast_blob.init()
  bcast:create(2000)
end

local function picture(rows, columns)
  local lines = {}
  for y = 1, rows do
    local line = {}
    for x = 1, columns do
      local d = (x - columns / 2) ^ 2 / 16 + (y - rows / 2) ^ 2
      local shade = math.floor(d) % 10 + 1
      line[x] = (" .:-=+*#%@"):sub(shade, shade)
    end
    lines[y] = table.concat(line)
  end
  return table.concat(lines, "\n")
end

function broadcast_blob.run()
  local n = nap:new()
  local notification = nljson.decode('{"cid":6,"message":[1,2,3,4,5,""]}')
  notification.message[6] = picture(40, 120)
  while not must_stop() do
    bcast:send(2000, notification)
    n:sleep(5)
  end
end

return broadcast_blob
