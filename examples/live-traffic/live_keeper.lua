-- Keeps the list of blocked addresses for live.lua. It outlives the workers: one that is replaced asks for the list again.
live_keeper = {}
live_keeper.__index = live_keeper

local BROADCAST = 7000
local MOST = 1000 -- addresses; who may block must not fill the memory

local blocked = {} -- set of addresses
local count = 0
local version = 0
local workers = {} -- queues by their names

function live_keeper.init()
  bcast:create(BROADCAST)
end

local function list()
  local addresses = {}
  for address in pairs(blocked) do
    addresses[#addresses + 1] = address
  end
  table.sort(addresses)
  return addresses
end

local function send_news(queue)
  local news = nljson.decode('{"blocked":[]}')
  news.version = version
  news.blocked = list()
  queue:post(news)
end

local function tell_browsers()
  local note = nljson.decode('{"cid":8,"message":[[]]}')
  note.message[1] = list()
  bcast:send(BROADCAST, note)
end

local function change(address, is_blocked)
  if (blocked[address] == true) == is_blocked or (is_blocked and count >= MOST) then
    return
  end
  blocked[address] = is_blocked or nil
  count = count + (is_blocked and 1 or -1)
  version = version + 1
  for _, queue in pairs(workers) do
    send_news(queue)
  end
end

local function follow(order)
  if order.join then
    workers[order.join] = mqr.create(order.join)
    send_news(workers[order.join])
    return
  end
  if order.block then
    change(order.block, true)
  elseif order.unblock then
    change(order.unblock, false)
  end
  tell_browsers()
end

function live_keeper.run()
  local orders = mqr.create("live.orders")
  while not must_stop() do
    local order = orders:recv()
    if order == nil then
      break
    end
    follow(order)
  end
end

return live_keeper
