"""The Python side of the module ``bcast``: messages to all who subscribed, in the whole process."""

_ask = __offload__.ask  # noqa: F821: given by whoever runs this
_numbers = __offload__.numbers  # noqa: F821
_NOT_OPEN = "the handler is not open"


def _call(name, *arguments):
    result = _ask(_numbers[name], arguments, error)
    if result is True:
        return True
    if result is False:
        raise error("Cannot send LAppS message: a broadcast needs a number cid and an array message")
    if result[1] == _NOT_OPEN:
        return False
    raise error(result[1])


def create(id):
    """Makes a broadcast, a whole number from 0 to 2**53 - 1; one that exists is fine."""
    return _call("create", id)


def subscribe(id, handler):
    """Subscribes a client, once. False when it is not open any more; its subscriptions end with it."""
    return _call("subscribe", id, handler)


def unsubscribe(id, handler):
    """Takes effect at once, also for who is not subscribed."""
    return _call("unsubscribe", id, handler)


def send(id, message):
    """Sends a dict with ``cid``, a number, and ``message``, a list, to all subscribers.

    :raises bcast.error: for other messages and unknown broadcasts
    """
    return _call("send", id, message)
