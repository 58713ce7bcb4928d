-- What every instance keeps about its clients. The documents are nljson: they live outside of Lua's own memory.
local maps = {}

-- user -> password
maps.logins = nljson.decode('{"admin":"admin","guest":"guest"}')

-- handler -> key that was given out at login
maps.keys = nljson.decode("{}")

return maps
