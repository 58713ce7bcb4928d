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

_AGAIN = 0.05
#: What the process ends with.
EXIT_CODE = 71


#: Longest stretch of script code in seconds.
_timeout = 1.0


def set_limits(_call, timeout, text, patience):
    """Command of the host: its limits have changed."""
    global _timeout
    _timeout = timeout
    interrupts.text = text
    core.patience = patience


def start(timeout, load_timeout, grace):
    """All in seconds: the limits of one stretch of script code, and what an interrupted one gets on top."""
    global _timeout
    _timeout = timeout
    core.commands[wire.LIMITS] = set_limits
    main = threading.main_thread().ident
    # faulthandler ends the process where no thread can run any more: code in C that keeps the interpreter's lock. It
    # writes to the descriptor itself, where sys.stderr is no file.
    errors = os.dup(2)

    def watch():
        interrupted_at = None
        seen = -1
        while True:
            loading = functions.loading > 0
            limit = load_timeout if loading else _timeout
            tick = min(max(_timeout / 5, 0.01), 0.2)
            faulthandler.dump_traceback_later(limit + grace + tick, exit=True, file=errors)
            time.sleep(_AGAIN if interrupted_at is not None else tick)
            stage, mark = core.stage, core.mark
            if not stage & core.SCRIPT:
                interrupted_at = None
                continue
            if mark != seen:
                seen = mark
                interrupted_at = None
            elapsed = time.monotonic() - mark
            if elapsed < limit:
                continue
            if interrupted_at is None:
                interrupted_at = time.monotonic()
            elif time.monotonic() - interrupted_at > grace:
                os.write(errors, b"offload: a script cannot be interrupted, its process ends\n")
                faulthandler.dump_traceback(file=errors)
                os._exit(EXIT_CODE)
            signal.pthread_kill(main, signal.SIGINT)

    core.mark = time.monotonic()
    threading.Thread(target=watch, name="offload watchdog", daemon=True).start()
