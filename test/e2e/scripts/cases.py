"""One case per path. What a case is given, and what it does to variable "value", is seen by message "see"."""

import os
import time
from ipaddress import IPv4Address, IPv6Address

import spoa

txn = spoa.scope_txn


def describe(value):
    return f"{type(value).__name__}:{value.decode('latin-1') if isinstance(value, bytes) else value}"


def before(action):
    def case(args):
        spoa.set_var_str("value", txn, "before")
        action()

    return case


def range_fault(args):
    spoa.set_var_str("value", txn, "before the fault")
    spoa.set_var_uint32("value", txn, -1)


def error(args):
    nothing = None
    return nothing.field


def loop(args):
    while True:
        pass


def scopes(args):
    for name in ("proc", "sess", "txn", "req", "res"):
        spoa.set_var_str("s", getattr(spoa, "scope_" + name), "in_" + name)


async def waits(args):
    import asyncio

    await asyncio.sleep(0.01)
    spoa.set_var_str("value", txn, "waited")


def file_beside(args):
    with open(os.path.join(os.path.dirname(__file__), "print_all.lua")) as file:
        spoa.set_var_str("value", txn, file.readline().split(",")[0])


def sleeps(args):
    time.sleep(60)


cases = {
    "/null": before(lambda: spoa.set_var_null("value", txn)),
    "/unset": before(lambda: spoa.unset_var("value", txn)),
    "/true": lambda args: spoa.set_var_boolean("value", txn, True),
    "/false": lambda args: spoa.set_var_boolean("value", txn, False),
    "/int32": lambda args: spoa.set_var_int32("value", txn, -2147483648),
    "/uint32": lambda args: spoa.set_var_uint32("value", txn, 4294967295),
    "/int64": lambda args: spoa.set_var_int64("value", txn, -(2**63)),
    "/uint64": lambda args: spoa.set_var_uint64("value", txn, 2**63 - 1),
    "/ipv4": lambda args: spoa.set_var_ipv4("value", txn, IPv4Address("192.0.2.9")),
    "/ipv6": lambda args: spoa.set_var_ipv6("value", txn, IPv6Address("2001:db8::9")),
    "/ipv4-text": lambda args: spoa.set_var_ipv4("value", txn, "192.0.2.10"),
    "/str": lambda args: spoa.set_var_str("value", txn, args.get("text")),
    "/bin": lambda args: spoa.set_var_bin("value", txn, b"\0\1\xff"),
    "/echo-big": lambda args: spoa.set_var_int64("value", txn, args.get("big")),
    "/range": range_fault,
    "/error": error,
    "/loop": loop,
    "/sleep": sleeps,
    "/scopes": scopes,
    "/file": file_beside,
}


@spoa.message("check")
def check(args):
    path = args.get("case")
    if path in cases:
        cases[path](args)
    spoa.set_var_str("args", txn, ";".join(f"{arg['name']}={describe(arg['value'])}" for arg in args))
    spoa.set_var_str("path", txn, path)


@spoa.message("later")
async def later(args):
    if args.get("case") == "/wait":
        await waits(args)


@spoa.message("see")
def see(args):
    spoa.set_var_str("seen", txn, describe(args.get("value")))
