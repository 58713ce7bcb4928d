-- The sample's handler: a sum over the five arguments of check-client-ip, one variable set.
spoa.register_message("check-client-ip", function(args)
  local octet = tonumber(string.match(args[3].value, "(%d+)$"))
  local score = (args[2].value * 7 + octet + #args[5].value + (args[1].value and 1 or 0)) % 101
  spoa.set_var_int32("ip_score", spoa.scope.sess, score)
end)
