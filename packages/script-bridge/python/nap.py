"""The Python side of the module ``nap``: sleep that ends early when the server stops.

Inside ``async def`` these have to be awaited, elsewhere they block.
"""

_made = None


def _timer():
    global _made
    if _made is None:
        _made = new()  # noqa: F821: the host's own function
    return _made


def sleep(seconds):
    """Sleeps for seconds."""
    return _timer().sleep(seconds)


def usleep(microseconds):
    """Sleeps for microseconds."""
    return _timer().usleep(microseconds)


def nsleep(nanoseconds):
    """Sleeps for nanoseconds."""
    return _timer().nsleep(nanoseconds)
