local responses = {}
responses.__index = responses

responses["login_success"] = nljson.decode([[{ "status" : 1, "result" : [ { "authkey" : 0 } ], "cid" : 0 }]])
responses["login_authentication_error"] = nljson.decode(
  [[{ "status" : 0, "error" : { "code" : 10, "message" : "Authentication error" }, "cid" : 0 }]])
responses["not_authenticated"] = nljson.decode(
  [[{ "status" : 0, "error" : { "code" : -32000, "message" : "Not authenticated" }, "cid" : 0 }]])
responses["wrong_params"] = nljson.decode(
  [[{ "status" : 0, "error" : { "code" : -32602, "message" : "Wrong parameters" }, "cid" : 0 }]])
responses["method_not_found"] = nljson.decode(
  [[{ "status" : 0, "error" : { "code" : -32601, "message" : "No such method" }, "cid" : 0 }]])
-- On a channel that no error may be sent on.
responses["cannot_logout"] = nljson.decode(
  [[{ "status" : 0, "error" : { "code" : 20, "message" : "Cannot log out" }, "cid" : 3 }]])

return responses
