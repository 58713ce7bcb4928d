"""The server this script runs in."""

service: str
"""Name of the service, or of the script's file."""
instance: int
"""0 .. n - 1 within the service; 0 for plain scripts."""
instance_id: str
"""Digits, different for each instance of each service."""
worker: int
"""Which thread of the pool this is."""

class error(Exception): ...

def must_stop() -> bool:
    """Whether the server stops: loops of standalone services end then."""
