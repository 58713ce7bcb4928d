local lapps = {}
function lapps.onStart() end
function lapps.onMessage(handler, kind, message)
  local response = nljson.decode('{"cid":0,"status":1,"result":[]}')
  response.result = message.params
  return ws:send(handler, response)
end
function lapps.onDisconnect(handler) end
function lapps.onShutdown() end
return lapps
