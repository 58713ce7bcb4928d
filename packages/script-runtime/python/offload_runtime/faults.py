"""Errors of scripts, told with file, line and a traceback that shows the script's own frames."""

import os
import sys
import sysconfig
from traceback import StackSummary, TracebackException

from . import wire

_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep
_LIBRARY = tuple({os.path.dirname(os.__file__) + os.sep, sysconfig.get_path("stdlib") + os.sep, sys.prefix + os.sep + "lib" + os.sep})
#: Frames that are told of either end of a traceback.
_MOST_FRAMES = 1000
#: Text of what is compiled from memory: preludes of modules.
_INTERNAL = "<offload"


class DeadlineExceeded(KeyboardInterrupt):
    """Raised in a script that runs longer than a call may."""


class Interrupted(Exception):
    """Carries an exit or interrupt of a script through asyncio, which would stop its loop."""

    def __init__(self, error):
        super().__init__(error)
        self.error = error


def is_own(filename):
    return filename.startswith(_OWN_FOLDER) or filename.startswith(_INTERNAL)


def is_library(filename):
    return filename.startswith(_LIBRARY) or filename.startswith("<frozen")


def _is_foreign(filename):
    """No file of a script: a library's, or what ``eval``, ``exec`` and generated code call theirs."""
    return is_library(filename) or filename.startswith("<")


def fault(error, call=-1):
    """The item that reports an error."""
    try:
        return _fault(error, call)
    except Exception as worse:  # a broken __str__, a source that cannot be read
        text = f"{type(error).__name__} (cannot be described: {type(worse).__name__})"
        return (wire.FAULT, call, wire.RUNTIME_FAULT, text, None, None, None)


def stray_fault(error, what):
    """The item that reports an error no call waits for; ``what`` has failed."""
    return (wire.STRAY, what, *fault(error)[2:])


def _fault(error, call):
    if isinstance(error, Interrupted):
        error = error.error
    _shorten(error)
    told = TracebackException(type(error), error, error.__traceback__, limit=None, capture_locals=False)
    script, line = _place(error, told)
    _strip(told, set())
    code = wire.RUNTIME_FAULT
    if isinstance(error, DeadlineExceeded):
        code = wire.DEADLINE_FAULT
    elif isinstance(error, SyntaxError) and error.filename is not None and not error.filename.startswith("<"):
        code = wire.SYNTAX_FAULT
        script, line = error.filename, error.lineno
    message = "".join(told.format_exception_only()).strip().splitlines()[-1] if code != wire.SYNTAX_FAULT else str(error.msg)
    if code == wire.DEADLINE_FAULT:
        message = str(error)
    elif code == wire.RUNTIME_FAULT:
        message = "".join(told.format_exception_only()).strip()
    return (wire.FAULT, call, code, message, script, line, "".join(told.format()).rstrip("\n"))


def _shorten(error):
    """Takes out the middle of the tracebacks of a very deep recursion: to describe millions of frames takes minutes."""
    seen = set()
    errors = [error]
    while errors:
        error = errors.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        errors += (error.__cause__, error.__context__, *getattr(error, "exceptions", ()))
        length = 0
        frame = error.__traceback__
        while frame is not None:
            frame = frame.tb_next
            length += 1
        if length > 2 * _MOST_FRAMES:
            last = error.__traceback__
            for _ in range(_MOST_FRAMES - 1):
                last = last.tb_next
            rest = last
            for _ in range(length - 2 * _MOST_FRAMES + 1):
                rest = rest.tb_next
            last.tb_next = rest


def _place(error, told):
    """The innermost line of a script; of a library where no script is on the stack."""
    best = None
    for frame in told.stack:
        if is_own(frame.filename):
            continue
        if best is None or not _is_foreign(frame.filename) or _is_foreign(best.filename):
            best = frame
    return (None, None) if best is None else (best.filename, best.lineno)


def _strip(told, seen):
    """Takes the host's own frames out of a traceback and of all it was caused by."""
    if told is None or id(told) in seen:
        return
    seen.add(id(told))
    told.stack[:] = [frame for frame in told.stack if not is_own(frame.filename)]
    _strip(told.__cause__, seen)
    _strip(told.__context__, seen)
    for part in getattr(told, "exceptions", None) or ():
        _strip(part, seen)


def waiting_fault(message, coroutine, call):
    """The fault of a call that is ended while it waits: shows where."""
    frames = []
    while getattr(coroutine, "cr_frame", None) is not None:
        frame = coroutine.cr_frame
        if not is_own(frame.f_code.co_filename):
            frames.append((frame, frame.f_lineno))
        coroutine = coroutine.cr_await
    stack = StackSummary.extract(frames)
    own = [frame for frame in stack if not is_library(frame.filename)] or stack
    script, line = (own[-1].filename, own[-1].lineno) if own else (None, None)
    text = "Traceback (most recent call last):\n" + "".join(stack.format()) + message
    return (wire.FAULT, call, wire.DEADLINE_FAULT, message, script, line, text)
