"""Sleep that ends early when the server stops. Inside ``async def`` it has to be awaited, elsewhere it blocks."""

from typing import Any

class error(Exception):
    """A duration that is no number."""

def sleep(seconds: float) -> Any: ...
def usleep(microseconds: float) -> Any: ...
def nsleep(nanoseconds: float) -> Any: ...
def new() -> Any:
    """As LAppS has it: an object with these three methods."""
