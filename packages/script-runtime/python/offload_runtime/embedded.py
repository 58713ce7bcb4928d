"""Transport of an interpreter that lives in the host's own thread (Pyodide): one shared buffer, plain calls."""

import asyncio
import random
import time
from marshal import loads

from . import core, interrupts, setup, tasks
from .faults import fault

_buffer = bytearray()
_view = memoryview(_buffer)
_running = []
_ask = _post = _enter = _leave = _host_sleep = _resized = None


class _Link:
    def post(self, data):
        if len(data) > 5:
            _post(_put(data))

    def ask(self, item, _stage):
        core.tell(item)
        size = _ask(_put(core.take()))
        # Looked up only now: what does not fit moves the buffer.
        return loads(_view[:size])

    def enter(self, call):
        _enter(call)

    def leave(self):
        _leave()

    def idle(self):
        pass


def install(host, search_path, patience, deadline_text):
    """``host`` has ``post``, ``ask``, ``enter``, ``leave``, ``sleep`` and ``resized``."""
    global _ask, _post, _enter, _leave, _host_sleep, _resized
    # Looked up once: each look makes a new proxy.
    _ask, _post, _enter, _leave = host.ask, host.post, host.enter, host.leave
    _host_sleep, _resized = host.sleep, host.resized
    # A snapshot of the memory holds the state of the generator: without this all processes draw the same numbers.
    random.seed()
    time.sleep = _sleep
    if not hasattr(asyncio.tasks, "_set_task_name"):
        # Pyodide's event loop calls it for loops with a task factory; Python 3.13 was the last to have it.
        asyncio.tasks._set_task_name = _set_task_name
    setup.install(_Link(), search_path, patience, deadline_text, asyncio.get_event_loop)
    tasks.event_loop()  # scripts may ask for it themselves, and what they start there counts
    resize(1 << 16)


def _set_task_name(task, name):
    if name is not None:
        task.set_name(name)


def resize(size):
    """Makes the shared buffer at least ``size`` bytes long and tells the host."""
    global _buffer, _view
    _buffer = bytearray(size)
    _view = memoryview(_buffer)
    _resized(_buffer)


def _put(data):
    size = len(data)
    if size > len(_buffer):
        resize(1 << size.bit_length())
    _view[:size] = data
    return size


def run(base, size):
    """Runs the batch in the buffer. The size of the items there instead; inverted (~) when there is more to do."""
    interrupts.begin()
    return _advance(core.process(base, loads(_view[:size]), fault, tasks.finish))


def more():
    """Goes on with the batch that was not done."""
    interrupts.begin()
    return _advance(_running.pop())


def _advance(batch):
    done, data = next(batch)
    if done:
        return _put(data)
    _running.append(batch)
    return ~_put(data)


def _sleep(seconds):
    """``time.sleep`` that can be interrupted: in slices."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0:
            return
        _host_sleep(min(left, 0.01))
