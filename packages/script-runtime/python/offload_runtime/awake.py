"""Whether a process has something to do between batches that is no task: threads of scripts, and timers."""

from threading import active_count

from . import core, tasks, wire

#: Threads of this package.
own_threads = 2
_told = False


def is_awake(soon=True):
    """``soon``: what the event loop is about to call counts, too."""
    return active_count() != own_threads or (tasks.alive == 0 and tasks.has_timers(soon))


def tell(soon=True):
    """Adds what the host has to know of that, for it sleeps between batches; False where it knows."""
    global _told
    awake = is_awake(soon)
    if awake == _told:
        return False
    _told = awake
    core.tell((wire.AWAKE, wire.OTHERS, int(awake)))
    return True
