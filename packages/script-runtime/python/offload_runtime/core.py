"""Runs batches of calls: the loop every message goes through."""

from marshal import dumps
from time import monotonic

from .addresses import ipv4, ipv6
from .wire import SWITCH

IDLE = 0
#: Bits of ``stage``.
SCRIPT, MESSAGE, COROUTINE = 1, 2, 4

#: What runs right now: a script at all, a call with named arguments, inside a coroutine.
stage = IDLE
#: The call whose coroutine runs; -1 for none, or for what is told in the order of the batch.
call = -1
#: When the present stretch of script code began, or the last call that was quick.
mark = 0.0
#: True while a batch is being run; else scripts only run when the event loop wakes them.
busy = False

#: What the host has not been told yet, and the way to tell it.
items = []
tell = items.append
#: Most deferred calls that are collected before someone counts them; a module sets the next bound.
DEFERRED_BOUND = 1024
deferred_bound = DEFERRED_BOUND

#: Functions the host may call with named arguments, by id, ready for one positional argument.
invoke = {}
#: Commands of the host by number: ``command(call, a, b, c) -> item``.
commands = {}
#: Seconds a batch may run before what is done is reported: an answer does not wait for all that came after it.
patience = 0.05
#: The transport: ``post(buffer)``, ``ask(item, stage) -> answer``, ``enter(call)``, ``leave()``, ``idle()``, ``tick()``.
link = None


def end_lines():
    """Replaced by the output: tells what scripts printed behind the last line end."""



class Args(list):
    """The arguments of a message: a list of ``{"name": ..., "value": ...}`` that also finds them by name."""

    __slots__ = ()

    def get(self, name, default=None):
        """The value of the first argument called ``name``."""
        for argument in self:
            if argument["name"] == name:
                return argument["value"]
        return default

    def __getattr__(self, name):
        for argument in self:
            if argument["name"] == name:
                return argument["value"]
        raise AttributeError(f"no argument is called {name!r}")


def take():
    """The items so far as one buffer; what comes next starts anew."""
    global deferred_bound
    # Version 2 has no references between objects, which keeps the reader simple and short lists fast.
    data = dumps(items, 2)
    items.clear()
    deferred_bound = DEFERRED_BOUND
    if call >= 0:
        # Each buffer is read by itself: what comes next is of the same call.
        tell((SWITCH, call))
    return data


def flush():
    """Tells the host what there is to tell, before the batch is done. No interrupt comes between."""
    global stage
    outer, stage = stage, IDLE
    try:
        link.post(take())
    finally:
        stage = outer


def process(base, batch, fault, finish):
    """Runs a batch of entries whose calls are numbered from ``base``.

    Yields ``(done, buffer of items)`` whenever ``patience`` is over, and at the end.
    """
    global stage, busy, mark, call
    clock = monotonic
    outer, busy = busy, True
    asking, call = call, -1
    if asking >= 0:
        tell((SWITCH, -1))
    number = base
    mark = started = clock()
    # `items.append`, by name: CPython does it without a call. Under Pyodide a bound method is a detour through JavaScript.
    for fn, args, v4, v6 in batch:
        if fn >= 0:
            for i in v4:
                argument = args[i]
                argument["value"] = ipv4(argument["value"])
            for i in v6:
                argument = args[i]
                argument["value"] = ipv6(argument["value"])
            stage = 3
            try:
                result = invoke[fn](Args(args))
            except BaseException as error:
                stage = 0
                items.append(fault(error))
            else:
                stage = 0
                items.append(None if result is None else finish(number, result, 3))
        else:
            items.append(commands[fn](number, args, v4, v6))
        number += 1
        mark = clock()
        if mark - started > patience:
            end_lines()
            yield False, take()
            mark = started = clock()
    end_lines()
    busy = outer
    data = take()
    call = asking
    if asking >= 0:
        tell((SWITCH, asking))
    yield True, data
