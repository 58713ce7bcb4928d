"""The end of a script's time: SIGINT, from wherever it comes, becomes an error in the script."""

import signal
import sys

from . import core, functions
from .faults import DeadlineExceeded, is_own

_told = 0
#: What the error says; set by the transport.
text = "script timed out"


def install():
    signal.signal(signal.SIGINT, _on_interrupt)


def _text():
    return "script timed out while it loaded" if functions.loading else text


def begin():
    """A new stretch of script code: the next interrupt is its first."""
    global _told
    if _told > 1:
        sys.settrace(None)
    _told = 0


def _on_interrupt(_signal, frame):
    global _told
    if not core.stage & core.SCRIPT:
        return
    _told += 1
    if _told > 1:
        _insist(frame)
    raise DeadlineExceeded(_text())


def _insist(frame):
    """A script that catches the error gets it again at every line, until it is out of its ``try``."""
    sys.settrace(_trace)
    while frame is not None:
        if not is_own(frame.f_code.co_filename):
            frame.f_trace = _trace
        frame = frame.f_back


def _trace(frame, event, _argument):
    if event == "line" and core.stage & core.SCRIPT and not is_own(frame.f_code.co_filename):
        raise DeadlineExceeded(_text())
    return _trace
