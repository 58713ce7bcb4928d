"""Modules of the host as scripts see them, and objects the host keeps."""

import builtins
import sys
from collections import deque
from threading import get_ident, main_thread
from types import MethodType, ModuleType, SimpleNamespace
from weakref import WeakValueDictionary

from . import core, tasks, values, wire


class HostError(Exception):
    """Raised by functions of the host; each module has a subclass of its own, ``error``."""


_main = main_thread().ident
_ELSEWHERE = "functions of the host can only be called in the main thread: hand the call over with loop.call_soon_threadsafe()"
#: What other threads have let go of.
_freed = deque()
_proxies = WeakValueDictionary()
_functions = {}
#: Functions that are methods, by class of object and name.
_methods = {}


def check_thread(error=HostError):
    """Raises in a thread that a script has started: only the main one talks to the host."""
    if get_ident() != _main:
        raise error(_ELSEWHERE)


def ask(function, arguments, error=HostError):
    """Calls a function of the host and gives its answer, or an awaitable for it inside a coroutine."""
    check_thread(error)
    dressed, packed = values.pack(arguments)
    stage = core.stage
    mode = wire.CAN_AWAIT if stage & core.COROUTINE else wire.CANNOT_WAIT
    # The host may call back: what runs then is not this call.
    core.stage = core.IDLE
    try:
        status, flag, value = core.link.ask((wire.ASK, function, mode, dressed, packed), stage)
    finally:
        core.stage = stage
    if status == wire.VALUE:
        return values.undress(value) if flag else value
    if status == wire.PROMISE:
        return tasks.future(value, error)
    raise error(value)


def host_function(number, name="host function", error=HostError):
    """A function of the host as a Python callable; one per number."""
    known = _functions.get(number)
    if known is not None:
        return known

    def call(*arguments):
        return ask(number, arguments, error)

    call.__name__ = call.__qualname__ = name
    call.number = number
    _functions[number] = call
    return call


def method_of(proxy, name, error):
    """A method of an object of the host that raises the error of a module."""
    number = getattr(proxy, name).__func__.number
    return lambda *arguments: ask(number, (proxy, *arguments), error)


def _deferred_function(number, name):
    def call(*arguments):
        dressed, packed = values.pack(arguments)
        if dressed:
            raise TypeError(f"{name}() takes plain values only")
        core.tell((number, *packed))

    call.__name__ = call.__qualname__ = name
    return call


class Method:
    """Stands for a method of an object in an answer of the host."""

    __slots__ = ("number",)

    def __init__(self, number):
        self.number = number


class HostObject:
    """An object of the host: what it can do is asked for when it is used."""

    __slots__ = ("_class", "_id", "_received", "__weakref__")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        method = _methods.get((self._class, name))
        if method is None:
            value = ask(wire.OBJECT_INDEX, (self, name))
            if type(value) is not Method:
                return value
            method = _methods[self._class, name] = host_function(value.number, name)
        return MethodType(method, self)

    def __setattr__(self, name, value):
        ask(wire.OBJECT_ASSIGN, (self, name, value))

    def __getitem__(self, key):
        return ask(wire.OBJECT_INDEX, (self, key))

    def __setitem__(self, key, value):
        ask(wire.OBJECT_ASSIGN, (self, key, value))

    def __str__(self):
        return ask(wire.OBJECT_TEXT, (self,))

    __repr__ = __str__

    def __len__(self):
        return ask(wire.OBJECT_LENGTH, (self,), TypeError)

    def __bool__(self):
        return True

    def __eq__(self, other):
        if not isinstance(other, HostObject):
            return NotImplemented
        return self is other or ask(wire.OBJECT_EQUALS, (self, other))

    __hash__ = object.__hash__

    def __iter__(self):
        return iter([tuple(pair) for pair in ask(wire.OBJECT_ENTRIES, (self,), TypeError)])

    def __del__(self):
        if core is None:
            return
        if get_ident() == _main:
            core.tell((wire.FREE, self._id, self._received))
        else:
            _freed.append((wire.FREE, self._id, self._received))


def handle_of(proxy):
    return (proxy._class, proxy._id)


def object_of(kind, number):
    while _freed:
        core.tell(_freed.popleft())
    proxy = _proxies.get(number)
    if proxy is None:
        proxy = object.__new__(HostObject)
        object.__setattr__(proxy, "_class", kind)
        object.__setattr__(proxy, "_id", number)
        object.__setattr__(proxy, "_received", 0)
        _proxies[number] = proxy
    object.__setattr__(proxy, "_received", proxy._received + 1)
    return proxy


def define(_call, name, functions, options):
    """Makes a module of the host importable and runs its Python part."""
    constants, prelude_name, prelude = options
    module = ModuleType(name)
    module.error = type("error", (HostError,), {"__module__": name, "__doc__": f"An error of a function of {name}."})
    numbers = {}
    for function, number, deferred in functions:
        numbers[function] = number
        made = _deferred_function(number, function) if deferred else host_function(number, function, module.error)
        made.__module__ = name
        setattr(module, function, made)
    _set_constants(module, constants, "")
    # A module of the standard library is not replaced: other libraries need it.
    if not _is_standard(name):
        sys.modules[name] = module
    if prelude is not None:
        module.__offload__ = SimpleNamespace(core=core, numbers=numbers, ask=ask, check_thread=check_thread, method_of=method_of, plain=values.plain)
        exec(compile(prelude, f"<offload {prelude_name}>", "exec"), vars(module))
        del module.__offload__
    return None


def _is_standard(name):
    names = getattr(sys, "stdlib_module_names", None)
    return name in names if names is not None else name in sys.builtin_module_names or name in sys.modules


def _set_constants(module, constants, prefix):
    for name, value in constants.items():
        if isinstance(value, dict):
            _set_constants(module, value, f"{prefix}{name}_")
            setattr(module, prefix + name, _nested(value))
        else:
            setattr(module, prefix + name, value)


def _nested(constants):
    return SimpleNamespace(**{n: _nested(v) if isinstance(v, dict) else v for n, v in constants.items()})


def set_global(_call, name, dressed, value):
    setattr(builtins, name, values.undress(value) if dressed else value)
    return None


def install():
    values.objects = sys.modules[__name__]
    core.commands.update({wire.DEFINE: define, wire.SET_GLOBAL: set_global})
