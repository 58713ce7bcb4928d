-- What a script for the C agent looks like: a required module, one message, a variable of each type.
local print_all = require("print_all")
math.randomseed(7)

print_all("sample script loads")

spoa.register_message("check-client-ip", function(args)
  print_all(args)
  local txn, sess = spoa.scope.txn, spoa.scope.sess
  spoa.set_var_null("null", txn)
  spoa.set_var_boolean("boolean", txn, true)
  spoa.set_var_int32("int32", txn, -1234)
  spoa.set_var_uint32("uint32", txn, 4294967295)
  spoa.set_var_int64("int64", txn, -1234)
  spoa.set_var_uint64("uint64", txn, 1234)
  spoa.set_var_ipv4("ipv4", txn, "127.0.0.1")
  spoa.set_var_ipv6("ipv6", txn, "1::f")
  spoa.set_var_str("str", txn, "1::f")
  spoa.set_var_bin("bin", txn, "1::f\0\255")
  spoa.set_var_int32("ip_score", sess, math.random(100))
end)
