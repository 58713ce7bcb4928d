"""The Python side of the module ``cws``: WebSocket connections from scripts to servers."""

_ask = __offload__.ask  # noqa: F821: given by whoever runs this
_NEW = __offload__.numbers["new"]  # noqa: F821
_SEND = __offload__.numbers["send"]  # noqa: F821
_TURN = __offload__.numbers["eventLoop"]  # noqa: F821
_NO_STATUS = 1005


class Socket:
    """A connection; its callbacks run inside ``event_loop()`` and may be ``async def``."""

    __slots__ = ("uri", "handler", "_socket", "__weakref__")

    def __init__(self, uri, callbacks):
        self.uri = uri
        self.handler = None
        made = _ask(_NEW, (uri, callbacks(self)), error)
        if type(made) is tuple:
            raise error(made[1])
        self._socket = made

    def send(self, data):
        """Sends ``str`` as text and ``bytes`` as binary.

        :raises cws.error: while it is not open, and when 16 MiB wait already
        """
        if not isinstance(data, (str, bytes, bytearray, memoryview)):
            raise error(f"bad argument #1 to 'send' (str or bytes expected, got {type(data).__name__})")
        if self.handler is None:
            raise error("the connection is not open yet")
        result = _ask(_SEND, (self.handler, data, 1 if isinstance(data, str) else 2), error)
        if result is not True:
            raise error(result[1])

    def close(self):
        """Starts the closing handshake with code 1001."""
        self._socket.close()

    def __repr__(self):
        return f"<cws.Socket {self.uri!r}>"


def connect(uri, *, on_open=None, on_message=None, on_error=None, on_close=None):
    """Connects to ``ws://`` or ``wss://``.

    ``on_open(socket)``, ``on_message(socket, data)`` with str or bytes, ``on_error(socket, text)`` and
    ``on_close(socket, code, reason)`` run when ``event_loop()`` is called.
    """

    def callbacks(socket):
        def opened(handler):
            socket.handler = handler
            return None if on_open is None else on_open(socket)

        made = {"onopen": opened}
        if on_message is not None:
            made["onmessage"] = lambda _handler, data, _opcode: on_message(socket, data)
        if on_error is not None:
            made["onerror"] = lambda _handler, text: on_error(socket, text)
        if on_close is not None:
            made["onclose"] = lambda _handler, body: on_close(socket, *_status_of(body))
        return made

    return Socket(uri, callbacks)


def _status_of(body):
    data = body.encode("utf-8", "surrogateescape")
    if len(data) < 2:
        return _NO_STATUS, ""
    return int.from_bytes(data[:2], "big"), data[2:].decode("utf-8", "replace")


def event_loop():
    """One turn: waits for events, at most 10 ms, and runs their callbacks. To be awaited inside ``async def``."""
    return _ask(_TURN, (), error)
