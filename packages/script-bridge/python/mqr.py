"""The Python side of the module ``mqr``: queues by name, in the whole process."""

_ask = __offload__.ask  # noqa: F821: given by whoever runs this
_CREATE = __offload__.numbers["create"]  # noqa: F821


class Queue:
    """A queue of plain values; each item goes to one receiver."""

    __slots__ = ("name", "_queue")

    def __init__(self, name):
        queue = _ask(_CREATE, (name,), error)
        if type(queue) is tuple:
            raise error(queue[1])
        self.name = name
        self._queue = queue

    def post(self, item):
        """Puts a copy in.

        :raises mqr.error: when the queue is full
        """
        result = self._queue.post(item)
        if result is not True:
            raise error(result[1])
        return True

    def try_recv(self):
        """The next item; None when there is none."""
        return self._queue.try_recv()

    def recv(self):
        """The next item, once there is one; None when the server stops. To be awaited inside ``async def``."""
        return self._queue.recv()

    def __repr__(self):
        return f"<mqr.Queue {self.name!r}>"


def create(name):
    """Makes or joins the queue of that name."""
    return Queue(name)
