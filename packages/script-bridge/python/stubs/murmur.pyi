"""Hashes of LAppS."""

class error(Exception): ...

def hashstr(text: str | bytes) -> str:
    """16 hex digits and a NUL, as ``std::hash`` of libstdc++ has it."""

def hashnum(number: float) -> float: ...
