"""What a script for the C agent looks like: one message, a variable of each type, printed arguments."""

from ipaddress import IPv4Address, IPv6Address
from pprint import pprint
from random import randint

import spoa


def check_client_ip(args):
    pprint(args)
    spoa.set_var_null("null", spoa.scope_txn)
    spoa.set_var_boolean("boolean", spoa.scope_txn, True)
    spoa.set_var_int32("int32", spoa.scope_txn, -1234)
    spoa.set_var_uint32("uint32", spoa.scope_txn, 4294967295)
    spoa.set_var_int64("int64", spoa.scope_txn, -1234)
    spoa.set_var_uint64("uint64", spoa.scope_txn, 1234)
    spoa.set_var_ipv4("ipv4", spoa.scope_txn, IPv4Address("127.0.0.1"))
    spoa.set_var_ipv6("ipv6", spoa.scope_txn, IPv6Address("1::f"))
    spoa.set_var_str("str", spoa.scope_txn, "1::f")
    spoa.set_var_bin("bin", spoa.scope_txn, b"1::f\x00\xff")
    spoa.set_var_int32("ip_score", spoa.scope_sess, randint(1, 100))


spoa.register_message("check-client-ip", check_client_ip)
