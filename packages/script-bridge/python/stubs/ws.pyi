"""The WebSocket clients of this server. A handler stands for one of them and is never used again."""

from collections.abc import Mapping
from typing import Any, Literal, overload

class error(Exception):
    """What was to be sent, or the code to close with, is wrong."""

@overload
def send(handler: int, message: str | bytes | bytearray | memoryview | Mapping[str, Any]) -> Literal[True]:
    """Sends text, binary, or a message of the LAppS protocol. What is sent to a client that is gone is dropped."""

@overload
def send(handler: int, message: Literal[1, 2], data: str | bytes | bytearray | memoryview) -> Literal[True]:
    """Sends with opcode 1 (text) or 2 (binary)."""

def close(handler: int, code: int = 1000, reason: str = "") -> bool:
    """Closes a connection; False when it is not open any more."""
