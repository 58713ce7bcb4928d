-- Keeps messages going round between this service and an echo service, and says how many a second.
--   BENCHMARK_URI          where the echo service is       (ws://127.0.0.1:5083/echo)
--   BENCHMARK_CONNECTIONS  connections of each instance    (10)
--   BENCHMARK_BYTES        bytes of each message           (64)
benchmark = {}
benchmark.__index = benchmark

local uri = os.getenv("BENCHMARK_URI") or "ws://127.0.0.1:5083/echo"
local connections = tonumber(os.getenv("BENCHMARK_CONNECTIONS") or 10)
local payload = string.rep("x", tonumber(os.getenv("BENCHMARK_BYTES") or 64))

-- Round trips since the last report.
local count = 0
local sockets = {}

local function connect(number)
  local socket, err = cws:new(uri, {
    onopen = function(handler)
      cws:send(handler, payload, 2)
    end,
    onmessage = function(handler, message, opcode)
      count = count + 1
      cws:send(handler, message, opcode)
    end,
    onerror = function(handler, text)
      print("benchmark: connection " .. number .. ": " .. (text or "error"))
    end,
    onclose = function(handler)
      sockets[number] = nil
    end,
  })
  if socket == nil then
    print("benchmark: " .. err)
  end
  sockets[number] = socket
end

function benchmark.init()
  bcast:create(4000)
end

function benchmark.run()
  for number = 1, connections do
    connect(number)
  end
  local report = nljson.decode('{"cid":8,"message":[]}')
  local started = time.now()
  while not must_stop() do
    cws:eventLoop()
    local now = time.now()
    if now - started >= 1000 then
      report.message[1] = math.floor(count * 1000 / (now - started))
      bcast:send(4000, report)
      print("benchmark: " .. report.message[1] .. " round trips/s")
      count = 0
      started = now
    end
  end
  for _, socket in pairs(sockets) do
    socket:close()
  end
end

return benchmark
