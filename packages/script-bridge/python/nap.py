"""The Python side of the module ``nap``: sleep that ends early when the server stops.

Inside ``async def`` these have to be awaited, elsewhere they block.
"""

_method_of = __offload__.method_of  # noqa: F821: given by whoever runs this
_made = None


def _method(name):
    global _made
    if _made is None:
        _made = new()  # noqa: F821: the host's own function
    return _method_of(_made, name, error)  # noqa: F821


def sleep(seconds):
    """Sleeps for seconds."""
    return _method("sleep")(seconds)


def usleep(microseconds):
    """Sleeps for microseconds."""
    return _method("usleep")(microseconds)


def nsleep(nanoseconds):
    """Sleeps for nanoseconds."""
    return _method("nsleep")(nanoseconds)
