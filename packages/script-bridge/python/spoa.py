"""The Python side of the module ``spoa``.

What a script sets is checked here, where its line is known, and handed over in one piece with all else when the
handler returns. Rules and texts are those of ``src/worker/spoa-values.ts``.
"""

import builtins as _builtins
from ipaddress import IPv4Address as _IPv4Address
from ipaddress import IPv6Address as _IPv6Address
from json import dumps as _json
from operator import index as _index
from re import compile as _pattern
from sys import platform as _platform
from threading import get_ident as _thread
from threading import main_thread as _main_thread

_core = __offload__.core  # noqa: F821: given by whoever runs this
_numbers = __offload__.numbers  # noqa: F821
_ask = __offload__.ask  # noqa: F821
#: What the host is to be told. Appended to by name: `_core.tell`, a bound method, is a detour through JavaScript under Pyodide.
_items = _core.items

_SCOPES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4}
_MESSAGE = _core.MESSAGE
_main = _main_thread().ident
#: Under Pyodide nobody can start a thread, and asking which one this is costs as much as the rest of a call.
_alone = _platform == "emscripten"
#: The functions whose calls count as actions.
_own = frozenset(_numbers.values())
_NAME = _pattern("[A-Za-z0-9_.]{1,48}")
#: Names that were found good.
_names = set()
_MOST_NAMES = 4096
#: Bytes of actions one NOTIFY may collect, and the size of a value from which on they are counted at once.
_MOST_BYTES = 1 << 20
_LONG = 512
#: Bytes of one action whose value is not long, at most.
_STEP = _LONG + 64
#: How far the actions were counted: number of items, the last of them, their bytes.
_counted = (0, None, 0)


def _bad(position, fn, why):
    return error(f"bad argument #{position} to '{fn}' ({why})")


def _kind(value):
    kind = type(value)
    # There are others of these names: numpy.bool.
    alike = kind.__module__ != "builtins" and hasattr(_builtins, kind.__name__)
    return f"{kind.__module__}.{kind.__name__}" if alike else kind.__name__


def _number(value):
    """A number as text; Python refuses to show very long ones."""
    bits = value.bit_length() if isinstance(value, int) else 0
    return f"a number of {bits} bits" if bits > 128 else value


def _check(fn, name, scope, size=10):
    """Everything but the value; raises what is wrong."""
    if not _alone and _thread() != _main:
        # By the time it runs, the main thread may handle the message of another request.
        raise error(f"'{fn}' called in another thread than the handler's")
    if not _core.stage & _MESSAGE:
        raise error(f"'{fn}' called while no message is handled")
    if not isinstance(name, str):
        raise _bad(1, fn, f"variable name expected, got {_kind(name)}")
    if _NAME.fullmatch(name) is None:
        shown = _json(name if len(name) <= 64 else name[:64] + "...", ensure_ascii=False)
        raise _bad(1, fn, f"variable name {shown}: 1 to 48 characters of A-Z a-z 0-9 _ . are needed")
    if not isinstance(scope, int) or scope not in _SCOPES:
        shown = _number(scope) if isinstance(scope, (int, float)) else _kind(scope)
        raise _bad(2, fn, f"scope expected (spoa.scope_proc, sess, txn, req or res), got {shown}")
    if len(_names) < _MOST_NAMES:
        _names.add(name)
    if size > _LONG or len(_items) >= _core.deferred_bound:
        _make_room(fn, size)


def _make_room(fn, size):
    """Raises when the running handler has set more than an answer may hold; decides when to count again."""
    global _counted
    end, last, used = _counted
    if not 0 < end <= len(_items) or _items[end - 1] is not last:
        end, used = 0, 0
    for item in _items[end:]:
        if type(item) is not tuple or item[0] < 0:
            used = 0  # what came before belongs to another handler
        elif item[0] in _own:
            value = item[-1]
            used += 5 + len(item[1]) + (len(value) if type(value) is bytes else 1)
    _counted = (len(_items), _items[-1] if _items else None, used)
    left = _MOST_BYTES - used - size
    if left < 0:
        raise error(f"'{fn}': no space left available")
    _core.deferred_bound = len(_items) + 1 + left // _STEP


def _without_value(fn, number):
    def set_var(name, scope):
        _check(fn, name, scope)
        _items.append((number, name, int(scope)))

    return set_var


def _integer(kind, least, most):
    fn = f"set_var_{kind}"
    number = _numbers[fn]

    def set_var(name, scope, value):
        # The usual case in one condition; what is wrong is found out below.
        try:
            if (
                type(value) is int
                and least <= value <= most
                and _core.stage & 2
                and (_alone or _thread() == _main)
                and name in _names
                and len(_items) < _core.deferred_bound
            ):
                _items.append((number, name, _SCOPES[scope], value))
                return
        except (TypeError, KeyError):
            pass
        _check(fn, name, scope)
        try:
            whole = _index(value)
        except TypeError:
            raise _bad(3, fn, f"{kind} expected, got {_kind(value)}") from None
        if not least <= whole <= most:
            raise _bad(3, fn, f"{_number(whole)} is outside {kind}: {least} to {most}")
        _items.append((number, name, int(scope), int(whole)))

    return set_var


def _address(kind, cls):
    fn = f"set_var_{kind}"
    number = _numbers[fn]

    def set_var(name, scope, value):
        _check(fn, name, scope)
        if not isinstance(value, cls):
            if not isinstance(value, str):
                raise _bad(3, fn, f"must be '{cls.__name__}' or text, not '{_kind(value)}'")
            try:
                value = cls(value)
                if getattr(value, "scope_id", None) is not None:
                    raise ValueError
            except ValueError:
                raise _bad(3, fn, f"'{value}' is not an {kind} address") from None
        _items.append((number, name, int(scope), value.packed))

    return set_var


def _text(kind):
    fn = f"set_var_{kind}"
    number = _numbers[fn]

    def set_var(name, scope, value):
        if type(value) is str:
            try:
                data = value.encode("utf-8", "surrogateescape")
            except UnicodeEncodeError as fault:
                raise _bad(3, fn, f"text cannot be sent: {fault.reason} at index {fault.start}") from None
        elif type(value) is bytes:
            data = value
        elif isinstance(value, (str, bytes, bytearray, memoryview)):
            data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)
        else:
            _check(fn, name, scope)
            raise _bad(3, fn, f"{'str' if kind == 'str' else 'bytes'} expected, got {_kind(value)}")
        try:
            if (
                len(data) <= _LONG
                and _core.stage & 2
                and (_alone or _thread() == _main)
                and name in _names
                and len(_items) < _core.deferred_bound
            ):
                _items.append((number, name, _SCOPES[scope], data))
                return
        except (TypeError, KeyError):
            pass
        _check(fn, name, scope, len(data))
        _items.append((number, name, int(scope), data))

    return set_var


def set_var_boolean(name, scope, value):
    """Sets a variable to a boolean; 0 and 1 count as False and True."""
    _check("set_var_boolean", name, scope)
    if value is not True and value is not False:
        if type(value) is not int or value not in (0, 1):
            raise _bad(3, "set_var_boolean", f"bool expected, got {_kind(value)}")
    _items.append((_numbers["set_var_boolean"], name, int(scope), bool(value)))


set_var_null = _without_value("set_var_null", _numbers["set_var_null"])
unset_var = _without_value("unset_var", _numbers["unset_var"])
set_var_int32 = _integer("int32", -(2**31), 2**31 - 1)
set_var_uint32 = _integer("uint32", 0, 2**32 - 1)
set_var_int64 = _integer("int64", -(2**63), 2**63 - 1)
set_var_uint64 = _integer("uint64", 0, 2**64 - 1)
set_var_ipv4 = _address("ipv4", _IPv4Address)
set_var_ipv6 = _address("ipv6", _IPv6Address)
set_var_str = _text("str")
set_var_bin = _text("bin")

for _name in _numbers:
    if _name != "register_message":
        globals()[_name].__name__ = globals()[_name].__qualname__ = _name
        globals()[_name].__module__ = __name__


def _check_message(fn, name):
    if not isinstance(name, str) or not name:
        shown = "''" if name == "" else _kind(name)
        raise _bad(1, fn, f"message name expected, got {shown}")


def register_message(name, function):
    """Calls ``function(args=[{"name": ..., "value": ...}, ...])`` for each message of that name."""
    _check_message("register_message", name)
    if not callable(function):
        raise _bad(2, "register_message", f"function expected, got {_kind(function)}")
    _ask(_numbers["register_message"], (name, function), error)


def message(name):
    """Decorator: registers the function below for the messages of that name."""
    # Written without a name, it gets the function as one, and would register nothing without a word.
    _check_message("message", name)

    def register(function):
        register_message(name, function)
        return function

    return register
