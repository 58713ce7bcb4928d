"""Messages to all clients that subscribed, in the whole process."""

from collections.abc import Mapping
from typing import Any

class error(Exception):
    """A broadcast that does not exist, or a message that is none."""

def create(id: int) -> bool:
    """Makes a broadcast, a whole number from 0 to 2**53 - 1; one that exists is fine."""

def subscribe(id: int, handler: int) -> bool:
    """Subscribes a client, once. False when it is not open any more; its subscriptions end with it."""

def unsubscribe(id: int, handler: int) -> bool:
    """Takes effect at once, also for who is not subscribed."""

def send(id: int, message: Mapping[str, Any]) -> bool:
    """Sends a dict with ``cid``, a number, and ``message``, a list, to all subscribers."""
