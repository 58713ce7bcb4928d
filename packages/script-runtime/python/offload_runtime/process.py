"""Transport of an interpreter in a process of its own: frames over one socket, file descriptor 3.

A frame is its length (4 bytes, little endian, of what follows), its kind, and the rest.
"""

import asyncio
import os
import select
import sys
import traceback
from marshal import loads

from . import core, interrupts, setup, tasks
from .faults import fault

_FD = 3
# host -> interpreter
_BATCH, _ANSWER = 1, 2
# interpreter -> host
_ITEMS, _REPLY, _ASK, _HELLO = 1, 2, 3, 4

_CHUNK = 1 << 18
_from_bytes = int.from_bytes
_read, _write = os.read, os.write

#: Bytes of frames that are not whole yet, or of frames behind the present one.
_pending = b""
#: Frames that came while a script waited for an answer.
_backlog = []
_asked = 0


def _read_frame():
    global _pending
    while True:
        have = len(_pending)
        if have > 4:
            end = _from_bytes(_pending[:4], "little") + 4
            if have >= end:
                frame = _pending[4:end]
                _pending = _pending[end:] if have > end else b""
                return frame
            if end > _CHUNK:
                _pending = _read_long(end)
                continue
        data = _read(_FD, _CHUNK)
        if not data:
            # The host is gone: nobody is left to work for, and scripts must not hold up the end.
            os._exit(0)
        _pending = _pending + data if _pending else data


def _read_long(size):
    frame = bytearray(size)
    at = len(_pending)
    frame[:at] = _pending
    view = memoryview(frame)
    while at < size:
        count = os.readv(_FD, [view[at:]])
        if count == 0:
            os._exit(0)
        at += count
    return bytes(frame)


def _send(kind, data):
    frame = (len(data) + 1).to_bytes(4, "little") + kind + data
    sent = _write(_FD, frame)
    while sent < len(frame):
        sent += _write(_FD, memoryview(frame)[sent:])


class _Link:
    can_block = True

    def post(self, data):
        if len(data) > 5:
            _send(b"\x01", data)

    def ask(self, item, stage):
        global _asked
        _asked += 1
        asked = _asked
        core.tell((*item, asked))
        _send(b"\x03", core.take())
        while True:
            if not _pending:
                # Interruptible here, where nothing can be lost; not while bytes are on their way.
                core.stage = stage
                select.select([_FD], [], [])
                core.stage = core.IDLE
            frame = _read_frame()
            if frame[0] != _ANSWER:
                _backlog.append(frame)
            elif _from_bytes(frame[1:5], "little") == asked:
                if tasks.alive and (_backlog or _pending):
                    # The event loop only sees what is still in the socket.
                    tasks.event_loop().call_soon(_serve_rest)
                return loads(frame[5:])

    def enter(self):
        pass

    def leave(self):
        pass

    def idle(self):
        tasks.event_loop().stop()


def _handle(frame):
    if frame[0] != _BATCH:
        return  # the answer to a question whose asker was interrupted
    try:
        interrupts.begin()
        for done, data in core.process(_from_bytes(frame[1:5], "little"), loads(frame[5:]), fault, tasks.finish):
            _send(b"\x02" if done else b"\x01", data)
            interrupts.begin()
    except BaseException:
        # A fault of this package: the host starts a successor.
        os.write(2, traceback.format_exc().encode("utf-8", "backslashreplace"))
        os._exit(70)


def _new_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.add_reader(_FD, _serve_once)
    return loop


def _serve_once():
    _handle(_backlog.pop(0) if _backlog else _read_frame())
    if _backlog or len(_pending) > 4:
        tasks.event_loop().call_soon(_serve_rest)


def _serve_rest():
    if _backlog or len(_pending) > 4:
        _serve_once()


def _die_with_parent():
    """A script that never comes back must not outlive its host. Linux only; elsewhere the end of the socket tells."""
    try:
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except Exception:
        pass


def main(search_path, patience, deadline_text):
    os.set_inheritable(_FD, False)
    if sys.platform == "linux":
        _die_with_parent()
    setup.install(_Link(), search_path, patience, deadline_text, _new_loop)
    _send(b"\x04", ("%d.%d.%d" % sys.version_info[:3]).encode())
    while True:
        if tasks.alive == 0:
            _handle(_backlog.pop(0) if _backlog else _read_frame())
        else:
            loop = tasks.event_loop()
            if _backlog or len(_pending) > 4:
                loop.call_soon(_serve_rest)
            loop.run_forever()
