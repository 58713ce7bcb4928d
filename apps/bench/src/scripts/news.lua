-- Any message subscribes; one of N bytes then makes N broadcasts of 64 bytes, an empty one none.
local news = {}
local bulletin = nljson.decode('{"cid":5,"message":[""]}')
bulletin.message[1] = string.rep("n", 64 - 17)
function news.onStart() bcast:create(1) end
function news.onMessage(handler, kind, message)
  if message == "" then return bcast:subscribe(1, handler) end
  for _ = 1, #message do bcast:send(1, bulletin) end
  return true
end
function news.onDisconnect(handler) end
function news.onShutdown() end
return news
