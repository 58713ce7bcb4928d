local store = {}
store.__index = store

store.logins = nljson.decode([[{
  "admin" : "admin",
  "guest" : "guest"
}]])
store.keys = nljson.decode([[{}]])

return store
