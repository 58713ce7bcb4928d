"""Passwords, checked by the program's back end."""

from typing import Any

class error(Exception): ...

def login(service: str, user: str, password: str) -> Any:
    """A boolean; ``(False, text)`` for missing arguments. To be awaited inside ``async def``."""
