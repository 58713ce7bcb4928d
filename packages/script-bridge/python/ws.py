"""The Python side of the module ``ws``: the clients of this server.

What is sent crosses with all else when the handler returns, so it is checked here, where its line is known. The rules
for messages of the LAppS protocol are those of ``checkOutMessage`` in ``lapps-codec``.
"""

from time import monotonic as _monotonic

_core = __offload__.core  # noqa: F821: given by whoever runs this
_ask = __offload__.ask  # noqa: F821
_check_thread = __offload__.check_thread  # noqa: F821
_plain = __offload__.plain  # noqa: F821
_SEND = __offload__.numbers["send"]  # noqa: F821
_CLOSE = __offload__.numbers["close"]  # noqa: F821
_tell = _core.tell
_items = _core.items

_MISSING = object()
_NOT_OPEN = "the handler is not open"
#: Longest message, bytes, and the values one of the LAppS protocol may have; and what may wait before it is handed over.
_MOST_BYTES = 16 << 20
_MOST_VALUES = 1_000_000
_MOST_ITEMS = 256
_MOST_SECONDS = 0.05
_handed = 0.0


def send(handler, message, data=_MISSING):
    """Sends a message to a client: ``str`` as text, ``bytes`` as binary, ``dict`` as a message of the LAppS protocol.

    ``send(handler, opcode, data)`` with opcode 1 (text) or 2 (binary) does the same. What is sent to a client that is
    gone is dropped.

    :returns: True, for handlers that end with ``return ws.send(...)``
    :raises ws.error: for what cannot be sent
    """
    if type(handler) is not int:
        raise _bad(1, f"handler expected, got {type(handler).__name__}")
    kind = type(message)
    if data is not _MISSING:
        if message != 1 and message != 2:
            raise _bad(2, "opcode 1 (text) or 2 (binary) expected")
        opcode, message, position = int(message), data, 3
        if isinstance(message, (bytearray, memoryview)):
            message = bytes(message)
        elif not isinstance(message, (str, bytes)):
            raise _bad(3, f"str or bytes expected, got {type(message).__name__}")
    elif kind is str:
        opcode, position = 1, 2
    elif kind is bytes:
        opcode, position = 2, 2
    else:
        return _send_other(handler, message)
    if opcode == 1 or isinstance(message, str):
        message = _bytes_of(message, opcode, position)
    if len(message) > _MOST_BYTES:
        raise error(f"{len(message)} bytes, more than {_MOST_BYTES}")
    _hand_over((_SEND, handler, opcode, message))
    return True


def _send_other(handler, message):
    if isinstance(message, dict):
        why = _fault_of(message)
        if why is not None:
            raise error(f"Cannot send LAppS message: {why}")
        try:
            message = _plain(message)
            _check_values(message)
            _hand_over((_SEND, handler, message, None))
        except (TypeError, ValueError) as fault:
            raise error(f"Cannot send LAppS message: {fault}") from None
        return True
    if isinstance(message, str):
        return send(handler, 1, message)
    if isinstance(message, (bytes, bytearray, memoryview)):
        return send(handler, 2, message)
    return _checked(_ask(_SEND, (handler, message), error))


def _check_values(message):
    """Raises for what CBOR or a message cannot hold. ``message`` is plain; what stands around its values is not counted."""
    left, room = _MOST_VALUES, _MOST_BYTES
    containers = [message]
    for container in containers:
        left -= len(container) + 1
        if left < 0:
            raise ValueError(f"more than {_MOST_VALUES} values")
        values = container
        if type(container) is dict:
            values = container.values()
            for key in container:
                if type(key) is str:
                    room -= len(key) if key.isascii() else _encoded_size(key)
        for value in values:
            kind = type(value)
            if kind is str:
                room -= len(value) if value.isascii() else _encoded_size(value)
            elif kind is int:
                if not -0x8000000000000000 <= value <= 0xFFFFFFFFFFFFFFFF:
                    bits = value.bit_length()
                    raise ValueError(f"{value if bits <= 128 else f'a number of {bits} bits'} does not fit 64 bits")
            elif kind is list or kind is dict:
                containers.append(value)
            elif kind is bytes:
                room -= len(value)
    if room < 0:
        raise ValueError(f"more than {_MOST_BYTES} bytes")


def _encoded_size(text):
    try:
        return len(text.encode())
    except UnicodeEncodeError as fault:
        raise ValueError(f"text cannot be sent: {fault.reason} at index {fault.start}") from None


def close(handler, code=1000, reason=""):
    """Closes a connection: code 1000 to 1003, 1007 to 1011 or 3000 to 4999; the reason is cut at 123 bytes.

    :returns: False when it is not open any more
    :raises ws.error: for codes that may not be sent, and what is no handler
    """
    return _checked(_ask(_CLOSE, (handler, code, reason), error))


def _checked(result):
    if result is True:
        return True
    _, why = result
    if why == _NOT_OPEN:
        return False
    raise error(why)


def _bad(position, why):
    return error(f"bad argument #{position} to 'send' ({why})")


def _bytes_of(message, opcode, position):
    """What the frame holds. Clients end the connection at a text frame that is not UTF-8."""
    try:
        if isinstance(message, str):
            return message.encode("utf-8", "strict" if opcode == 1 else "surrogateescape")
        message.decode()
        return message
    except UnicodeError as fault:
        raise _bad(position, f"text cannot be sent: {fault.reason} at index {fault.start}") from None


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _fault_of(message):
    channel = message.get("cid")
    if not _is_number(channel):
        return "member cid is not a number"
    status = message.get("status")
    if not _is_number(status) or status not in (0, 1):
        return "member status is neither 0 nor 1"
    if status == 1:
        name = "result" if channel == 0 else "message"
        return None if isinstance(message.get(name), (list, tuple)) else f"member {name} is not an array"
    if channel != 0:
        return "an error belongs on channel 0"
    told = message.get("error")
    if not isinstance(told, dict):
        return "member error is not a map"
    if not _is_number(told.get("code")):
        return "error.code is not a number"
    return None if isinstance(told.get("message"), str) else "error.message is not a string"


def _hand_over(item):
    """Adds an item. A script that runs for long, or sends much, does not keep it until its end."""
    global _handed
    _check_thread(error)
    _tell(item)
    if len(_items) >= _MOST_ITEMS or not (_core.busy or _core.stage):
        _core.flush()
    now = _monotonic()
    if now - max(_core.mark, _handed) > _MOST_SECONDS and _core.busy:
        _handed = now
        # Whoever asks is heard at once, with all that was said before.
        import offload

        offload.must_stop()
