"""The Python side of the module ``mqr``: queues by name, in the whole process."""

_ask = __offload__.ask  # noqa: F821: given by whoever runs this
_method_of = __offload__.method_of  # noqa: F821
_CREATE = __offload__.numbers["create"]  # noqa: F821


class Queue:
    """A queue of plain values; each item goes to one receiver."""

    __slots__ = ("name", "_post", "_try_recv", "_recv")

    def __init__(self, name):
        queue = _ask(_CREATE, (name,), error)
        if type(queue) is tuple:
            raise error(queue[1])
        self.name = name
        self._post = _method_of(queue, "post", error)
        self._try_recv = _method_of(queue, "try_recv", error)
        self._recv = _method_of(queue, "recv", error)

    def post(self, item):
        """Puts a copy in.

        :raises mqr.error: when the queue is full, and for what cannot be sent
        """
        result = self._post(item)
        if result is not True:
            raise error(result[1])
        return True

    def try_recv(self):
        """The next item; None when there is none."""
        return self._try_recv()

    def recv(self):
        """The next item, once there is one; None when the server stops. To be awaited inside ``async def``."""
        return self._recv()

    def __repr__(self):
        return f"<mqr.Queue {self.name!r}>"


def create(name):
    """Makes or joins the queue of that name."""
    return Queue(name)
