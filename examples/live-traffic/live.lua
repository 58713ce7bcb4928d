-- HAProxy's requests, live in browsers that may block addresses. One script for both sides:
--   HAProxy asks about each request (any worker):  message live_request, sets txn.blocked, tells the browsers
--   browsers (the worker of the one instance):     watch, block, unblock
--
-- Workers share no variables, and any of them may be asked next. So the list of blocked addresses has one owner, the
-- service live_keeper in a thread of its own. It puts the whole list into a queue for each worker, and only then tells
-- the browsers: when a page shows an address as blocked, the next request finds it blocked, whichever worker it meets.
live = {}
live.__index = live

local BROADCAST = 7000
local TRAFFIC = 7 -- the channel of requests; live_keeper sends the list on channel 8

local orders = mqr.create("live.orders")
local inbox_name = "live.worker." .. offload.worker
local inbox = mqr.create(inbox_name)
local pause = nap:new()

-- What this worker knows: nothing before the first news.
local version = -1
local blocked = {}
local has_asked = false

local function order(what, value)
  local item = nljson.decode("{}")
  item[what] = value
  return orders:post(item)
end

-- News is the whole list, so that only the latest counts.
local function take_news()
  local news = inbox:try_recv()
  while news ~= nil do
    if news.version > version then
      version = news.version
      blocked = {}
      nljson.foreach(news.blocked, function(_, address)
        blocked[address] = true
      end)
    end
    news = inbox:try_recv()
  end
end

local function catch_up()
  take_news()
  if version < 0 and not has_asked then
    has_asked = true
    order("join", inbox_name)
  end
  -- Only the first requests of a worker wait here, a moment.
  while version < 0 do
    pause:usleep(1000)
    take_news()
  end
end

spoa.register_message("live_request", function(args)
  catch_up()
  local address = tostring(args.src)
  local is_blocked = blocked[address] == true
  spoa.set_var_boolean("blocked", spoa.scope.txn, is_blocked)
  local note = nljson.decode('{"cid":7,"message":[{}]}')
  note.message[1] = {
    address = address,
    method = args.method or "?",
    path = string.sub(args.path or "?", 1, 200),
    blocked = is_blocked,
    time = time.now(),
    worker = offload.worker,
  }
  bcast:send(BROADCAST, note)
end)

local function answer(handler, result)
  local response = nljson.decode('{"cid":0,"status":1,"result":[]}')
  response.result = result
  return ws:send(handler, response)
end

local function refuse(handler, code, message)
  local response = nljson.decode('{"cid":0,"status":0,"error":{}}')
  response.error.code = code
  response.error.message = message
  return ws:send(handler, response)
end

local function is_address(text)
  return type(text) == "string" and #text <= 45 and string.match(text, "^[%x:.]+$") ~= nil
end

-- The answer says that the order was taken; channel 8 says when it is in force.
local function ordering(what)
  return function(handler, params)
    local address = params ~= nil and params[1] or nil
    if not is_address(address) then
      return refuse(handler, -32602, "params[1] must be an address")
    end
    local ok, err = order(what, address)
    if not ok then
      return refuse(handler, -32000, err)
    end
    return answer(handler, { address })
  end
end

local function watch(handler)
  bcast:subscribe(BROADCAST, handler)
  return order("tell", true)
end

local methods = {
  watch = function(handler)
    watch(handler)
    return answer(handler, {})
  end,
  block = ordering("block"),
  unblock = ordering("unblock"),
}

function live.onStart()
  bcast:create(BROADCAST)
end

function live.onMessage(handler, kind, message)
  local method = methods[message.method]
  if kind < 3 and message.method == "watch" then -- a notification: the answer is what comes on the channels
    return watch(handler)
  end
  if kind < 3 or method == nil then
    return refuse(handler, -32601, "Requests: watch, block, unblock; notification: watch")
  end
  return method(handler, message.params)
end

function live.onDisconnect(handler)
end

function live.onShutdown()
end

return live
