-- The quick-start script. HAProxy asks about the client of every request; the answer is a score:
-- 0 is a friend, 100 is nobody you want to meet.
--
-- Try it without HAProxy:  offload notify check-client-ip src=ipv4:192.0.2.7 path=str:/

local networks = {
  { prefix = "127.",         score = 0,  note = "this machine" },
  { prefix = "10.",          score = 10, note = "private network" },
  { prefix = "192.168.",     score = 10, note = "private network" },
  { prefix = "::1",          score = 0,  note = "this machine" },
  { prefix = "fd",           score = 10, note = "private network" },
  -- Addresses that exist in documentation only: whoever comes from there is making it up.
  { prefix = "192.0.2.",     score = 90, note = "documentation address" },
  { prefix = "198.51.100.",  score = 90, note = "documentation address" },
  { prefix = "203.0.113.",   score = 90, note = "documentation address" },
  { prefix = "2001:db8:",    score = 90, note = "documentation address" },
}

local function judge(address)
  for _, network in ipairs(networks) do
    if address:sub(1, #network.prefix) == network.prefix then
      return network.score, network.note
    end
  end
  return 50, "never seen"
end

-- The name is the one HAProxy's configuration gives the message:
--   spoe-message check-client-ip
--       args src=src path=path
spoa.register_message("check-client-ip", function(args)
  if args.src == nil then
    -- No address: the client came over a unix socket. What was set before must not stay.
    spoa.unset_var("ip_score", spoa.scope.sess)
    return
  end
  local score, note = judge(args.src)
  if args.path and args.path:find("/admin", 1, true) == 1 then
    score = math.min(100, score + 10)
  end
  spoa.set_var_int32("ip_score", spoa.scope.sess, score)
  spoa.set_var_str("ip_note", spoa.scope.txn, note .. " " .. args.src)
end)
