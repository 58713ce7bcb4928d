-- One table of methods per kind of message: client notifications (with a channel) and requests.
local methods = {}

-- Channel 5 tells the time, channel 6 brings a larger block of text.
local TIME_BROADCAST = 1000
local BLOB_BROADCAST = 2000

local responses = {
  login = function(key)
    local response = nljson.decode('{"cid":0,"status":1,"result":[{}]}')
    response.result[1].authkey = key
    return response
  end,
  failure = function(code, message)
    local response = nljson.decode('{"cid":0,"status":0,"error":{}}')
    response.error.code = code
    response.error.message = message
    return response
  end,
}

local function refuse(handler, code, message, close_code)
  ws:send(handler, responses.failure(code, message))
  ws:close(handler, close_code, message)
  -- The connection is closed already: for this service the message was handled.
  return true
end

-- The key a client shows must be the one it was given.
local function is_known(handler, params)
  local first = params[1]
  if type(first) ~= "userdata" then
    return false
  end
  local key = nljson.find(maps.keys, handler)
  return key ~= nil and nljson.find(first, "authkey") == key
end

local function login(handler, params)
  local first = params[1]
  if type(first) ~= "userdata" or nljson.typename(first) ~= "object" then
    return refuse(handler, -32602, "params[1] must be an object", 1003)
  end
  local user = nljson.find(first, "user")
  local password = nljson.find(first, "password")
  if type(user) ~= "string" or type(password) ~= "string" then
    return refuse(handler, -32602, "user and password must be strings", 1003)
  end
  if nljson.find(maps.logins, user) ~= password then
    return refuse(handler, 10, "Authentication error", 1000)
  end
  local key = math.random(4294967295)
  maps.keys[tostring(handler)] = key
  return ws:send(handler, responses.login(key))
end

local function echo(handler, params)
  if not is_known(handler, params) then
    return refuse(handler, -32000, "Not authenticated", 1000)
  end
  local response = nljson.decode('{"cid":0,"status":1,"result":[]}')
  response.result = params
  return ws:send(handler, response)
end

local function subscribe(handler, params, cid)
  if not is_known(handler, params) then
    return refuse(handler, -32000, "Not authenticated", 1000)
  end
  if cid == 5 then
    bcast:subscribe(TIME_BROADCAST, handler)
  elseif cid == 6 then
    bcast:subscribe(BLOB_BROADCAST, handler)
  end
  return true
end

local function logout(handler)
  nljson.erase(maps.keys, tostring(handler))
  ws:close(handler, 1000, "Bye")
  return true
end

methods.requests = { login = login, echo = echo }
methods.notifications = { subscribe = subscribe, logout = logout }
methods.refuse = refuse

return methods
