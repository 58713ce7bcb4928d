"""Transport of an interpreter in a process of its own.

Two sockets: on ``CALLS`` the host sends a batch and waits, as for an interpreter in its own thread; ``EVENTS`` carries
what coroutines have to say between batches. A frame is its length (4 bytes, little endian, of what follows), its kind,
and the rest.
"""

import asyncio
import os
import select
import signal
import sys
import traceback
from marshal import loads
from threading import Lock, active_count

from . import awake, core, interrupts, output, setup, tasks, watchdog
from .faults import fault

CALLS, EVENTS = 3, 4

# host -> interpreter
_BATCH, _ANSWER = 1, 2
# interpreter -> host
_ITEMS, _REPLY, _ASK, _HELLO, _TICK = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"

# Below the size from which on an allocation is a system call of its own.
_CHUNK = 1 << 16
_from_bytes = int.from_bytes
_read, _write = os.read, os.write

#: Bytes behind the last frame, by socket.
_rest = {CALLS: b"", EVENTS: b""}
#: Batches that came while a coroutine waited for an answer.
_backlog = []
#: Bytes for ``EVENTS`` that did not fit into the socket.
_unsent = bytearray()
_asked = 0
#: Batches begun and not answered, and who may write to ``CALLS``: the second thread does so while the first works.
_begun = 0
_writing = Lock()
_is_fork = False
#: Signals that were blocked before a fork.
_mask = ()


def _read_frame(socket):
    pending = _rest[socket]
    while True:
        have = len(pending)
        if have > 4:
            end = _from_bytes(pending[:4], "little") + 4
            if have >= end:
                _rest[socket] = pending[end:] if have > end else b""
                return pending[4:end]
            if end > _CHUNK:
                return _read_long(socket, pending, end)[4:]
        data = _read(socket, _CHUNK)
        if not data:
            # The host is gone: nobody is left to work for, and scripts must not hold up the end.
            os._exit(0)
        pending = pending + data if pending else data


def _read_long(socket, pending, size):
    frame = bytearray(size)
    at = len(pending)
    frame[:at] = pending
    view = memoryview(frame)
    while at < size:
        count = os.readv(socket, [view[at:]])
        if count == 0:
            os._exit(0)
        at += count
    _rest[socket] = b""
    return bytes(frame)


def _send(kind, data):
    global _begun
    frame = (len(data) + 1).to_bytes(4, "little") + kind + data
    with _writing:
        if kind is _REPLY:
            _begun -= 1
        sent = _write(CALLS, frame)
        while sent < len(frame):
            sent += _write(CALLS, memoryview(frame)[sent:])


def _send_event(kind, data):
    """Never blocks: the host may be waiting for a batch and read nothing here."""
    _unsent.extend((len(data) + 1).to_bytes(4, "little") + kind + data)
    _flush_events()


def _flush_events():
    try:
        while _unsent:
            del _unsent[: _write(EVENTS, _unsent)]
    except BlockingIOError:
        tasks.event_loop().add_writer(EVENTS, _flush_events)
        return
    if tasks.has_loop():
        tasks.event_loop().remove_writer(EVENTS)


class _Link:
    def post(self, data):
        if len(data) <= 5:
            return
        if core.busy:
            _send(_ITEMS, data)
        else:
            _send_event(_ITEMS, data)

    def ask(self, item, stage):
        global _asked
        _asked += 1
        if core.busy:
            core.tell((*item, _asked, -1))
            _send(_ASK, core.take())
            while True:
                frame = _read_frame(CALLS)
                if frame[0] == _ANSWER:
                    return loads(frame[5:])
                # What was asked for calls a script: this one, or another.
                _handle(frame)
        # Alone in its frame: it may have to be asked twice.
        self.post(core.take())
        core.tell((*item, _asked, core.call))
        return self._ask_between_batches(core.take(), _asked)

    def _ask_between_batches(self, data, asked):
        # Where a batch came before, the host waits for its end and sees no events.
        repeated = bool(_backlog)
        if repeated:
            _send(_ASK, data)
        else:
            _send_event(_ASK, data)
        while True:
            if not _rest[EVENTS]:
                at_once = 0 if _rest[CALLS] else None
                ready = select.select([CALLS, EVENTS], [EVENTS] if _unsent else [], [], at_once)
                if EVENTS in ready[1]:
                    _flush_events()
                if EVENTS not in ready[0]:
                    if CALLS not in ready[0] and not _rest[CALLS]:
                        continue
                    # The host waits for a batch and will not see the question: it is asked there, too.
                    frame = _read_frame(CALLS)
                    if frame[0] == _ANSWER:
                        if _from_bytes(frame[1:5], "little") == asked:
                            return loads(frame[5:])
                        continue
                    _backlog.append(frame)
                    tasks.event_loop().call_soon(_serve_rest)
                    if not repeated:
                        repeated = True
                        _send(_ASK, data)
                    continue
            frame = _read_frame(EVENTS)
            if _from_bytes(frame[1:5], "little") == asked:
                return loads(frame[5:])

    def enter(self, call):
        pass

    def leave(self):
        pass

    def idle(self):
        awake.tell(soon=False)
        tasks.event_loop().stop()

    def tick(self):
        """Wakes the host that waits for a batch, from the second thread: it may want to end."""
        if not _begun or not _writing.acquire(blocking=False):
            return
        try:
            if _begun:
                _write(CALLS, b"\x01\0\0\0" + _TICK)
        except OSError:
            os._exit(0)
        finally:
            _writing.release()


def _handle(frame):
    global _begun
    if frame[0] != _BATCH:
        return  # an answer that came twice
    _begun += 1
    try:
        interrupts.begin()
        for done, data in core.process(_from_bytes(frame[1:5], "little"), loads(frame[5:]), fault, tasks.finish):
            if done and awake.tell():
                _send(_ITEMS, core.take())
            _send(_REPLY if done else _ITEMS, data)
            interrupts.begin()
    except BaseException:
        # A fault of this package: the host starts a successor.
        os.write(2, traceback.format_exc().encode("utf-8", "backslashreplace"))
        os._exit(70)
    if _is_fork:
        os._exit(0)


def _new_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.add_reader(CALLS, _serve)
    return loop


def _serve():
    _handle(_backlog.pop(0) if _backlog else _read_frame(CALLS))
    if _backlog or _rest[CALLS]:
        # The event loop only sees what is still in the socket.
        tasks.event_loop().call_soon(_serve_rest)


def _serve_rest():
    if _backlog or _rest[CALLS]:
        _serve()


def _die_with_parent():
    """A script that never comes back must not outlive its host. Linux only; elsewhere the end of the socket tells."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except Exception:
        pass


def _leave_to_host(_signal, _frame):
    """SIGTERM for all processes of a service is how it is stopped: the host ends this one when its work is done.

    A function, since what is ignored would be so in programs that scripts start, too.
    """


def _begin_fork():
    """Who ends the new process at once must not be heard before it knows how to end."""
    global _mask
    _mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def _end_fork():
    signal.pthread_sigmask(signal.SIG_SETMASK, _mask)


def _forked():
    """In a process that a script has forked: only its parent talks to the host, and what it prints goes the other way.

    It ends where it would come back for more.
    """
    global _is_fork, _writing
    _is_fork = True
    _writing = Lock()
    nothing = os.open(os.devnull, os.O_RDWR)
    for socket in (CALLS, EVENTS):
        os.dup2(nothing, socket, inheritable=False)
        _rest[socket] = b""
    os.close(nothing)
    _unsent.clear()
    _backlog.clear()
    if signal.getsignal(signal.SIGTERM) is _leave_to_host:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_fork()
    output.detach()


def main(settings):
    for socket in (CALLS, EVENTS):
        os.set_inheritable(socket, False)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_begin_fork, after_in_parent=_end_fork, after_in_child=_forked)
    os.set_blocking(EVENTS, False)
    signal.signal(signal.SIGTERM, _leave_to_host)
    if sys.platform == "linux":
        _die_with_parent()
    setup.install(_Link(), settings["searchPath"], settings["patience"], settings["deadlineText"], _new_loop)
    watchdog.start(settings["timeout"], settings["loadTimeout"], settings["grace"])
    tasks.event_loop()  # scripts may ask for it as they load
    awake.own_threads = active_count()
    _send_event(_HELLO, ("%d.%d.%d" % sys.version_info[:3]).encode())
    while True:
        if tasks.alive == 0 and not awake.is_awake():
            if _unsent:
                os.set_blocking(EVENTS, True)
                _flush_events()
                os.set_blocking(EVENTS, False)
            _handle(_backlog.pop(0) if _backlog else _read_frame(CALLS))
        else:
            loop = tasks.event_loop()
            if _backlog or _rest[CALLS]:
                loop.call_soon(_serve_rest)
            loop.run_forever()
