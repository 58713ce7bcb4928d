"""WebSocket connections from scripts to servers."""

from collections.abc import Callable
from typing import Any

class error(Exception):
    """A connection cannot be made, or is not open."""

class Socket:
    """A connection; its callbacks run inside ``event_loop()`` and may be ``async def``."""

    uri: str
    handler: int | None
    def __init__(self, uri: str, callbacks: Callable[[Socket], dict[str, Callable[..., object]]]) -> None: ...
    def send(self, data: str | bytes | bytearray | memoryview) -> None:
        """Sends ``str`` as text and ``bytes`` as binary."""

    def close(self) -> None:
        """Starts the closing handshake with code 1001."""

def connect(
    uri: str,
    *,
    on_open: Callable[[Socket], object] | None = None,
    on_message: Callable[[Socket, str | bytes], object] | None = None,
    on_error: Callable[[Socket, str], object] | None = None,
    on_close: Callable[[Socket, int, str], object] | None = None,
) -> Socket:
    """Connects to ``ws://`` or ``wss://``. What happens is told when ``event_loop()`` is called."""

def event_loop() -> Any:
    """One turn: waits for events, at most 10 ms, and runs their callbacks. To be awaited inside ``async def``."""

def new(uri: str, callbacks: dict[str, Callable[..., object]]) -> Any:
    """As LAppS has it: ``onopen(h)``, ``onmessage(h, data, opcode)``, ``onerror(h, text)``, ``onclose(h, body)``."""

def send(handler: int, data: str | bytes, opcode: int) -> Any:
    """As LAppS has it: True, or ``(False, text)``."""

def eventLoop() -> Any:
    """``event_loop`` under its name in LAppS."""
