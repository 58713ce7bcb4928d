"""Functions of scripts that the host holds, by number."""

import sys
from types import FunctionType, MethodType

from . import core, values, wire

by_id = {}
#: How often each number was sent: the host may let go of one while it is on its way again.
_sent = {}
_ids = {}
#: Functions that cross while scripts load have numbers of their own, so that a second interpreter that loads the same
#: scripts gives them the same ones, whatever the first did in between.
_RUN_TIME = 1 << 24
_next = [_RUN_TIME, 0]
#: Number of loads under way.
loading = 0


def limit_changed():
    """Replaced by who watches the time: a load may take longer than a call."""


def begin_loading():
    global loading
    loading += 1
    limit_changed()


def end_loading():
    global loading
    loading -= 1
    limit_changed()


def handle_of(function):
    """The handle of a function; the same function keeps its number."""
    number = _ids.get(_key(function))
    if number is None:
        space = 1 if loading else 0
        number = _next[space]
        _next[space] += 1
        by_id[number] = function
        core.invoke[number] = _with_arguments(function)
        _ids[_key(function)] = number
        _sent[number] = 0
    _sent[number] += 1
    return (wire.FUNCTION_HANDLE, number, where(function))


def where(function):
    """``file:line`` of a function; empty when it has none."""
    function = getattr(function, "__wrapped__", function)
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return "" if code is None else f"{code.co_filename}:{code.co_firstlineno}"


def release(_call, number, count, _c):
    """The host has lost the handle it got ``count`` times."""
    if _sent.get(number) == count:
        function = by_id.pop(number)
        del _sent[number], core.invoke[number], _ids[_key(function)]
    elif number in _sent:
        _sent[number] -= count


def _key(function):
    # A bound method is a new object at each access; equal ones are one function.
    try:
        hash(function)
        return function
    except TypeError:
        return id(function)


def _with_arguments(function):
    """``function`` as one that takes the list of arguments in first place.

    The C server passes it by the name ``args``; that is kept where the signature makes a difference.
    """
    plain = function.__func__ if type(function) is MethodType else function
    if type(plain) is not FunctionType:
        return function
    code = plain.__code__
    skip = 1 if plain is not function else 0
    positional = code.co_varnames[skip : code.co_argcount]
    if positional and ("args" not in positional or positional[0] == "args" or code.co_posonlyargcount > skip):
        return function
    named = code.co_varnames[skip : code.co_argcount + code.co_kwonlyargcount]
    if "args" in named or code.co_flags & 0x08:
        return lambda args: function(args=args)
    return function


def install():
    values.functions = sys.modules[__name__]
    core.commands[wire.RELEASE] = release
