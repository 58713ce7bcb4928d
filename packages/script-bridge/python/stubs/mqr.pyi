"""Queues of plain values by name, in the whole process."""

from typing import Any

class error(Exception):
    """A queue is full, or cannot be made."""

class Queue:
    """Each item goes to one receiver."""

    name: str
    def __init__(self, name: str) -> None: ...
    def post(self, item: Any) -> bool:
        """Puts a copy in."""

    def try_recv(self) -> Any:
        """The next item; None when there is none."""

    def recv(self) -> Any:
        """The next item, once there is one; None when the server stops. To be awaited inside ``async def``."""

def create(name: str) -> Queue:
    """Makes or joins the queue of that name."""
