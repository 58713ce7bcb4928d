"""Handlers for the messages HAProxy sends over SPOP, and the variables they set."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from types import SimpleNamespace
from typing import Any, TypedDict, TypeVar

Value = None | bool | int | IPv4Address | IPv6Address | str | bytes

class Argument(TypedDict):
    name: str
    value: Value

class Args(list[Argument]):
    """The arguments of a message in the order of HAProxy's configuration, also by name: ``args.src``."""

    def get(self, name: str, default: Any = None) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...

_Handler = TypeVar("_Handler", bound=Callable[..., object])

scope_proc: int
scope_sess: int
scope_txn: int
scope_req: int
scope_res: int
scope: SimpleNamespace

class error(Exception):
    """What the functions of this module raise: it names the function and the argument."""

def register_message(name: str, function: Callable[..., object]) -> None:
    """Calls ``function(args=[{"name": ..., "value": ...}, ...])`` for each message of that name."""

def message(name: str) -> Callable[[_Handler], _Handler]:
    """Decorator: registers the function below for the messages of that name."""

def set_var_null(name: str, scope: int) -> None: ...
def set_var_boolean(name: str, scope: int, value: bool) -> None: ...
def set_var_int32(name: str, scope: int, value: int) -> None: ...
def set_var_uint32(name: str, scope: int, value: int) -> None: ...
def set_var_int64(name: str, scope: int, value: int) -> None: ...
def set_var_uint64(name: str, scope: int, value: int) -> None: ...
def set_var_ipv4(name: str, scope: int, value: IPv4Address | str) -> None: ...
def set_var_ipv6(name: str, scope: int, value: IPv6Address | str) -> None: ...
def set_var_str(name: str, scope: int, value: str | bytes) -> None: ...
def set_var_bin(name: str, scope: int, value: bytes | str) -> None: ...
def unset_var(name: str, scope: int) -> None: ...
