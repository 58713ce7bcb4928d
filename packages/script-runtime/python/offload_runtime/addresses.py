"""Addresses from the integers the host sends."""

from ipaddress import IPv4Address, IPv6Address

_new = object.__new__


def _fast_ipv4(number):
    address = _new(IPv4Address)
    address._ip = number
    return address


def _fast_ipv6(number):
    address = _new(IPv6Address)
    address._ip = number
    address._scope_id = None
    return address


def _agrees(fast, slow, number):
    try:
        a, b = fast(number), slow(number)
        return a == b and str(a) == str(b) and hash(a) == hash(b) and a.packed == b.packed and repr(a) == repr(b)
    except Exception:
        return False


# Skipping the constructors' checks halves the cost of a message. Only where it makes the same objects.
ipv4 = _fast_ipv4 if _agrees(_fast_ipv4, IPv4Address, 0x7F000001) else IPv4Address
ipv6 = _fast_ipv6 if _agrees(_fast_ipv6, IPv6Address, 0x20010DB8 << 96 | 1) else IPv6Address
