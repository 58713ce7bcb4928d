# The sample's handler: a sum over the five arguments of check-client-ip, one variable set.
import spoa


def check_client_ip(args):
    flag, integer, ipv4, _, host = args
    score = (integer["value"] * 7 + ipv4["value"].packed[3] + len(host["value"]) + flag["value"]) % 101
    spoa.set_var_int32("ip_score", spoa.scope_sess, score)


spoa.register_message("check-client-ip", check_client_ip)
