"""Numbers both sides agree on (``src/runtimes/python/wire.ts`` is the other copy).

A batch of the host is a list of 4-tuples. A first element from 0 up is the id of a function to be called with named
arguments; below 0 it is one of these. What goes back is one flat list of items: ``None`` and tuples, where a first
element from 0 up is a deferred call of that host function and below 0 one of those.
"""

# host -> interpreter
CALL = -1
RESOLVE = -2
CANCEL = -3
RELEASE = -4
DEFINE = -5
SET_GLOBAL = -6
LOAD = -7
REQUIRE = -8
LIMITS = -9

# interpreter -> host
SWITCH = -1
DONE = -2
FAULT = -3
PENDING = -4
LOG = -5
FREE = -6
ASK = -7
AWAKE = -8
STRAY = -9

# why the host is asked to stay awake between batches
TASKS = 0
OTHERS = 1

# code of a fault
RUNTIME_FAULT = 0
DEADLINE_FAULT = 1
SYNTAX_FAULT = 2
LOAD_FAULT = 3

# what the asker of a host function can do when the answer takes time
CANNOT_WAIT = 0
CAN_AWAIT = 1

# answer of a host function
VALUE = 0
ERROR = 1
PROMISE = 2

# kind of a handle: complex(kind, number) towards the interpreter, (kind, number) back; no plain value looks like it
FUNCTION_HANDLE = 1
METHOD_HANDLE = 2
FIRST_OBJECT_CLASS = 16

# host functions every host has: what can be done with its objects
OBJECT_INDEX = 0
OBJECT_ASSIGN = 1
OBJECT_TEXT = 2
OBJECT_LENGTH = 3
OBJECT_EQUALS = 4
OBJECT_ENTRIES = 5
