"""Values that marshal can carry, from any a script may hand over, and back."""

from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from types import ModuleType

from . import wire

SIMPLE = frozenset((type(None), bool, int, float, str, bytes))
_MAX_DEPTH = 100

#: Set by the modules that own them: ``handle_of(function)``, ``object_of(class, id)``, ...
functions = None
objects = None


def pack(values):
    """``(dressed, values)``: 0 when they can be sent as they are, else 1 and copies that can."""
    for value in values:
        if type(value) not in SIMPLE:
            return 1, [dress(value) for value in values]
    return 0, values


def pack_one(value):
    if type(value) in SIMPLE:
        return 0, value
    return 1, dress(value)


def dress(value, depth=0):
    """A copy made of what marshal carries and of handles."""
    return _copy(value, depth, dress, _key, _dress_other)


def plain(value, depth=0):
    """A copy made of what marshal carries and nothing else: for what is handed over without waiting."""
    return _copy(value, depth, plain, _plain_key, _plain_other)


def _copy(value, depth, copy, key_of, other):
    kind = type(value)
    if kind in SIMPLE:
        return value
    if depth > _MAX_DEPTH:
        raise ValueError("value is nested too deeply for the host")
    deeper = depth + 1
    if kind is list or kind is tuple:
        return [item if type(item) in SIMPLE else copy(item, deeper) for item in value]
    if kind is dict:
        return {
            key if type(key) is str else key_of(key): item if type(item) in SIMPLE else copy(item, deeper)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return copy([*value], depth)
    if isinstance(value, dict):
        return copy(dict(value.items()), depth)
    return other(value, depth)


def _dress_other(value, depth):
    if isinstance(value, objects.HostObject):
        return objects.handle_of(value)
    if isinstance(value, Enum):
        return dress(value.value, depth + 1)
    if isinstance(value, str):
        return str.__str__(value)
    for kind in (int, float, bytes):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (IPv4Address, IPv6Address)):
        return str(value)
    if isinstance(value, ModuleType):
        return namespace(value)
    if callable(value):
        return functions.handle_of(value)
    raise TypeError(f"cannot hand a value of type '{type(value).__name__}' to the host")


def _plain_other(value, depth):
    dressed = _dress_other(value, depth) if not _has_handle(value) else value
    if type(dressed) not in SIMPLE:
        raise TypeError(f"cannot hand a value of type '{type(value).__name__}' to the host")
    return dressed


def _has_handle(value):
    return isinstance(value, (objects.HostObject, ModuleType)) or callable(value)


def _plain_key(key):
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, int) and not isinstance(key, bool):
        return int(key)
    raise TypeError(f"a member name must be a string or a number, not '{type(key).__name__}'")


def _key(key):
    if type(key) not in SIMPLE:
        key = dress(key)
        if type(key) not in SIMPLE:
            raise TypeError("keys for the host are numbers, text or bytes")
    return key


def namespace(module):
    """Functions and plain values of a module, without private names."""
    public = {}
    for name, value in vars(module).items():
        if not name.startswith("_") and (type(value) in SIMPLE or (callable(value) and not isinstance(value, type))):
            public[name] = dress(value)
    return public


def undress(value):
    """Puts functions and objects in the place of their handles."""
    kind = type(value)
    if kind is complex:
        return _of_handle(int(value.real), int(value.imag))
    if kind is list:
        return [undress(item) for item in value]
    if kind is tuple:
        return tuple([undress(item) for item in value])
    if kind is dict:
        return {undress(key): undress(item) for key, item in value.items()}
    return value


def _of_handle(kind, number):
    if kind == wire.FUNCTION_HANDLE:
        return functions.by_id[number]
    if kind == wire.METHOD_HANDLE:
        return objects.Method(number)
    return objects.object_of(kind, number)
