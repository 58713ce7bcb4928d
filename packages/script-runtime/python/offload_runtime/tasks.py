"""Coroutines of scripts: each call that waits is an asyncio task, each of its stretches knows its call."""

import asyncio
import sys
from collections.abc import Coroutine
from contextvars import ContextVar, copy_context
from gc import collect
from inspect import isawaitable
from threading import get_ident, main_thread
from time import monotonic
from types import AsyncGeneratorType, GeneratorType

from . import core, interrupts, output, values, wire
from .faults import Interrupted, fault, stray_fault, waiting_fault

_EAGER = sys.version_info >= (3, 12)
_NO_CALL = (-1, core.SCRIPT)
_main = main_thread().ident
#: Pyodide's event loop leaves finished tasks in cycles: the collector would tell of their errors, some time.
_KEEPS_DONE = sys.platform == "emscripten"
_NEVER_RETRIEVED = "Task exception was never retrieved"

#: The call a task works for and its stage; tasks of a script inherit it.
_call = ContextVar("offload call", default=_NO_CALL)
#: Tasks of calls by call, and futures of host functions by number.
waiting = {}
promises = {}
#: Tasks that are not done, those the scripts made included.
alive = 0
#: Makes the event loop of the transport.
new_loop = None
_loop = None


def event_loop():
    global _loop
    if _loop is None:
        _loop = new_loop()
        _loop.set_task_factory(_make_task)
        _loop.set_exception_handler(_unhandled)
    return _loop


def _unhandled(loop, context):
    """Errors that no call waits for: one line of the log, with script and traceback. Where a task is thrown away decides
    in which thread; only the main thread talks to the host."""
    error = context.get("exception")
    if error is None or get_ident() != _main:
        loop.default_exception_handler(context)
        return
    said = context.get("message")
    core.tell(stray_fault(error, "a background task failed" if said in (None, _NEVER_RETRIEVED) else said))
    if not core.busy:
        core.flush()


def has_loop():
    return _loop is not None


def has_timers(soon):
    """True where something is to be called later, or soon, by no task."""
    return bool(getattr(_loop, "_scheduled", None) or (soon and getattr(_loop, "_ready", None)))


class Stretch(Coroutine):
    """A coroutine that tells the host whose code runs, each time it goes on."""

    __slots__ = ("_coroutine", "_owner", "__name__", "__qualname__")

    def __init__(self, coroutine, owner):
        self._coroutine = coroutine
        self._owner = owner
        self.__name__ = getattr(coroutine, "__name__", "coroutine")
        self.__qualname__ = getattr(coroutine, "__qualname__", self.__name__)

    def send(self, value):
        return self._run(self._coroutine.send, value)

    def throw(self, *error):
        return self._run(self._coroutine.throw, *error)

    def close(self):
        self._coroutine.close()

    def __await__(self):
        return self._coroutine.__await__()

    @property
    def cr_frame(self):
        return getattr(self._coroutine, "cr_frame", None)

    @property
    def cr_code(self):
        return getattr(self._coroutine, "cr_code", None)

    @property
    def cr_running(self):
        return getattr(self._coroutine, "cr_running", False)

    @property
    def cr_await(self):
        return getattr(self._coroutine, "cr_await", None)

    def _run(self, step, *arguments):
        outer, outer_call = core.stage, core.call
        outside = not core.busy
        call, stage = self._owner
        if outside:
            interrupts.begin()
            core.link.enter(call)
        core.tell((wire.SWITCH, call))
        if outer == core.IDLE:
            core.mark = monotonic()
        core.stage = stage | core.COROUTINE
        core.call = call
        try:
            return step(*arguments)
        except (KeyboardInterrupt, SystemExit) as error:
            core.stage = outer
            raise Interrupted(error) from None
        finally:
            core.stage = outer
            core.call = outer_call
            core.tell((wire.SWITCH, -1))
            if outside:
                core.link.leave()
                output.end_lines()
                core.flush()


def _make_task(loop, coroutine, **options):
    global alive
    if type(coroutine) is not Stretch:
        if not asyncio.iscoroutine(coroutine) and isawaitable(coroutine):
            # What functions of the host give is awaited like a coroutine, and may be made a task like one.
            coroutine = _await(coroutine)
        if asyncio.iscoroutine(coroutine):
            coroutine = Stretch(coroutine, _call.get())
    task = asyncio.Task(coroutine, loop=loop, **options)
    if not task.done():
        if alive == 0:
            core.tell((wire.AWAKE, wire.TASKS, 1))
        alive += 1
        task.add_done_callback(_gone)
    return task


def _gone(task):
    global alive
    alive -= 1
    if _KEEPS_DONE and getattr(task, "_log_traceback", False):
        # Not from here: the task is still being called.
        _loop.call_soon(collect, 0)
    if alive == 0:
        core.link.idle()
        core.tell((wire.AWAKE, wire.TASKS, 0))


def start(call, awaitable, stage):
    """Runs an awaitable as the rest of a call; the item that tells how far it came."""
    loop = event_loop()
    context = copy_context()
    context.run(_call.set, (call, stage))
    if not asyncio.iscoroutine(awaitable):
        awaitable = _await(awaitable)
    stretch = Stretch(awaitable, (call, stage))
    options = {"eager_start": True} if _EAGER and loop.is_running() else {}
    task = context.run(_make_task, loop, stretch, **options)
    if task.done():
        return _outcome(task, -1)
    waiting[call] = task
    task.add_done_callback(lambda done: _settle(call, done))
    return (wire.PENDING, call)


async def _await(awaitable):
    return await awaitable


def _settle(call, task):
    if waiting.pop(call, None) is None:
        _outcome(task, call)  # marks its exception as seen
        return
    core.tell(_outcome(task, call))
    if not core.busy:
        output.end_lines()
        core.flush()


def _outcome(task, call):
    if task.cancelled():
        return fault(asyncio.CancelledError("the handler was cancelled"), call)
    error = task.exception()
    if error is not None:
        return fault(error, call)
    stage = getattr(task.get_coro(), "_owner", _NO_CALL)[1]
    return done(call, task.result(), stage)


def done(call, result, stage=core.SCRIPT):
    try:
        dressed, value = values.pack_one(result)
    except Exception as error:
        # Nobody looks at it: handlers of messages act, they do not answer. But the body of a generator never ran.
        if stage & core.MESSAGE:
            if not isinstance(result, (GeneratorType, AsyncGeneratorType)):
                return done(call, None, stage)
            error = TypeError(f"the handler gave a '{type(result).__name__}', whose code never runs: it must not 'yield'")
        if isinstance(error, (TypeError, ValueError)):
            return fault(error, call)
        raise
    return (wire.DONE, call, dressed, value)


def finish(call, result, stage):
    """The item for what a script's function returned."""
    if type(result) not in values.SIMPLE and isawaitable(result):
        return start(call, result, stage)
    return done(-1, result, stage)


def future(number, error):
    """An awaitable for an answer the host still owes; it fails with ``error``."""
    promise = event_loop().create_future()
    promises[number] = promise, error
    promise.add_done_callback(lambda _: promises.pop(number, None))
    return promise


def resolve(_call_number, number, failed, answer):
    """The host's answer to what ``future`` stands for."""
    promise, error = promises.get(number, (None, None))
    if promise is None or promise.done():
        return None
    if failed:
        promise.set_exception(error(answer[1]))
    else:
        dressed, value = answer
        promise.set_result(values.undress(value) if dressed else value)
    return None


def cancel(_call_number, call, text, _c):
    """Ends a waiting call: tells where it waits, then takes it down."""
    task = waiting.pop(call, None)
    if task is not None:
        core.tell(waiting_fault(text, task.get_coro(), call))
        task.cancel()
    return None


def install():
    core.commands.update({wire.RESOLVE: resolve, wire.CANCEL: cancel})
