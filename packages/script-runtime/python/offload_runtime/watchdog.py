"""Looks after the scripts of a process of its own from a second thread.

The host waits while a script runs, so it is here that a script which does not come back is interrupted, and where that
does not help the process ends itself: the host starts a successor.
"""

import faulthandler
import os
import signal
import threading
import time

from . import core, functions, interrupts, wire

#: What the process ends with.
EXIT_CODE = 71
_AGAIN = 0.05
#: How long a stretch lasts before the host hears of it, seconds.
_TICK = 0.15

#: Longest stretch of script code, the same while scripts load, and what an interrupted one gets on top; seconds.
_timeout = _load_timeout = _grace = 1.0
_errors = 2


def _limit():
    return _load_timeout if functions.loading else _timeout


def _tick():
    return min(max(_timeout / 5, 0.01), 0.2)


def _arm():
    """Ends the process, from a thread in C, when no thread of Python has run for too long.

    That is how a script ends that is inside a function in C which keeps the interpreter's lock. No later: the host, whose
    patience begins with the script, would give up its thread as well.
    """
    faulthandler.dump_traceback_later(_limit() + _grace, exit=True, file=_errors)


def _set_limits(_call, timeout, text, patience):
    """Command of the host: its limits have changed."""
    global _timeout
    _timeout = timeout
    interrupts.text = text
    core.patience = patience
    _arm()


def _watch(main):
    interrupted_at = None
    seen = -1
    while True:
        _arm()
        time.sleep(_AGAIN if interrupted_at is not None else _tick())
        stage, mark = core.stage, core.mark
        now = time.monotonic()
        if stage & core.SCRIPT and now - mark > _TICK:
            core.link.tick()
        if mark != seen or not stage & core.SCRIPT:
            seen = mark
            interrupted_at = None
        if not stage & core.SCRIPT or now - mark < _limit():
            continue
        if interrupted_at is None:
            interrupted_at = now
        elif now - interrupted_at > _grace:
            os.write(_errors, b"offload: a script cannot be interrupted, its process ends\n")
            faulthandler.dump_traceback(file=_errors)
            os._exit(EXIT_CODE)
        signal.pthread_kill(main, signal.SIGINT)


def start(timeout, load_timeout, grace):
    global _timeout, _load_timeout, _grace, _errors
    _timeout, _load_timeout, _grace = timeout, load_timeout, grace
    # The descriptor itself: sys.stderr is no file.
    _errors = os.dup(2)
    core.commands[wire.LIMITS] = _set_limits
    # At once: a load may begin with a long call of a function in C.
    functions.limit_changed = _arm
    core.mark = time.monotonic()
    main = threading.main_thread().ident
    threading.Thread(target=_watch, args=(main,), name="offload watchdog", daemon=True).start()
