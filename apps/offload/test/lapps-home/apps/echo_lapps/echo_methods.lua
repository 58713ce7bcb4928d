local replies = require("echo_responses")

local methods = {}
methods.__index = methods

local function is_logged_in(handler, params)
  local current = nljson.find(maps.keys, handler) or 0
  local shown = nljson.find(params[1], "authkey") or -1
  return current == shown
end

methods._request_w_params_method = {
  ["login"] = function(handler, params)
    local username, password = "", ""
    -- A scalar is no nljson: typename fails on it.
    if nljson.typename(params[1]) == "object" then
      username = nljson.find(params[1], "user")
      password = nljson.find(params[1], "password")
    else
      ws:send(handler, replies["wrong_params"])
      ws:close(handler, 1003, "No login details are found in the parameters")
      return false
    end
    if type(username) ~= "string" or type(password) ~= "string" then
      ws:send(handler, replies["wrong_params"])
      ws:close(handler, 1003, "Wrong login parameters")
      return false
    end
    if nljson.find(maps.logins, username) == password then
      local authkey = math.random(4294967296)
      maps.keys[tostring(handler)] = authkey
      replies["login_success"].result[1].authkey = authkey
      ws:send(handler, replies["login_success"])
      return true
    end
    ws:send(handler, replies["login_authentication_error"])
    ws:close(handler, 1000, "WebSocket closed")
    return false
  end,

  ["echo"] = function(handler, params)
    if is_logged_in(handler, params) then
      local response = nljson.decode([[{ "cid" : 0, "status" : 1, "result" : [] }]])
      response.result = params
      local ok, err = ws:send(handler, response)
      if not ok then
        print("echo: " .. err)
      end
      return true
    end
    ws:send(handler, replies["not_authenticated"])
    ws:close(handler, 1000, "Not authenticated")
    return false
  end,
}

methods._cn_w_params_method = {
  ["subscribe"] = function(handler, params, cid)
    if is_logged_in(handler, params) then
      if cid == 5 then
        bcast:subscribe(1000, handler)
      elseif cid == 6 then
        -- Nobody made it: false, quietly.
        bcast:subscribe(2000, handler)
      end
      return true
    end
    ws:send(handler, replies["not_authenticated"])
    ws:close(handler, 1000, "Not authenticated")
    return false
  end,

  ["logout"] = function(handler, params)
    if is_logged_in(handler, params) then
      -- Erases with a number where keys are strings: never does.
      local erased = nljson.erase(maps.keys, handler)
      if not erased then
        ws:send(handler, replies["cannot_logout"])
      end
    end
    ws:close(handler, 1000, "Logged out")
    return true
  end,
}

return methods
