"""What scripts print and log, line by line into the host's log."""

import io
import logging
import os
import sys
from threading import get_ident, main_thread

from . import core, functions, wire
from .faults import is_library, is_own

DEBUG, INFO, WARN, ERROR = "debug", "info", "warn", "error"
_MAX_LINE = 16 * 1024
_main = main_thread().ident
_MAX_ITEMS = 512
#: In a process that a script has forked.
_detached = False


def script_of(frame):
    """The file of the script that is running, seen from a frame."""
    while frame is not None:
        filename = frame.f_code.co_filename
        if not is_own(filename) and not is_library(filename) and not filename.startswith("<"):
            return filename
        frame = frame.f_back
    return None


def log(level, text, script):
    if get_ident() != _main or _detached:
        # Only the main thread talks to the host; what other threads say goes the way of foreign code.
        os.write(2 if level in (WARN, ERROR) else 1, f"{text}\n".encode("utf-8", "surrogateescape"))
        return
    for line in text.splitlines() or [""]:
        for at in range(0, len(line) or 1, _MAX_LINE):
            core.tell((wire.LOG, level, script, line[at : at + _MAX_LINE]))
    # At once while a script loads: it may take long, or end the process.
    if not core.busy or functions.loading or len(core.items) > _MAX_ITEMS:
        core.flush()


class LogStream(io.TextIOBase):
    """A text stream that ends in the log, and stays open."""

    encoding = "utf-8"
    errors = "surrogateescape"
    newlines = None
    closed = False
    mode = "w"
    line_buffering = True

    def __init__(self, level, name, descriptor):
        self._level = level
        self._descriptor = descriptor
        self.name = name
        self._rest = ""
        self._script = None
        self.buffer = _Bytes(self)

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if not text:
            return 0
        self._script = script_of(sys._getframe(1))
        lines = (self._rest + text).split("\n")
        self._rest = lines.pop()
        for line in lines:
            log(self._level, line, self._script)
        if len(self._rest) > _MAX_LINE:
            self.end()
        return len(text)

    def end(self):
        """Logs what was written behind the last line end."""
        if self._rest:
            rest, self._rest = self._rest, ""
            log(self._level, rest, self._script)

    def fileno(self):
        """For foreign code: what is written there is logged, too."""
        return self._descriptor

    def writable(self):
        return True

    def reconfigure(self, **_options):
        pass

    def detach(self):
        return self.buffer

    def close(self):
        pass


class _Bytes(io.BufferedIOBase):
    """``sys.stdout.buffer``."""

    closed = False
    mode = "wb"

    def __init__(self, stream):
        self._stream = stream
        self.name = stream.name

    def write(self, data):
        data = bytes(data)
        self._stream.write(data.decode("utf-8", "surrogateescape"))
        return len(data)

    def fileno(self):
        return self._stream.fileno()

    def writable(self):
        return True

    def close(self):
        pass


class LogHandler(logging.Handler):
    """Records of ``logging`` into the host's log, with the file that logged."""

    def emit(self, record):
        try:
            level = ERROR if record.levelno >= 40 else WARN if record.levelno >= 30 else INFO if record.levelno >= 20 else DEBUG
            text = self.format(record)
            if record.name != "root" and self.formatter is None:
                text = f"{record.name}: {text}"
            own = is_own(record.pathname) or is_library(record.pathname)
            log(level, text, None if own else record.pathname)
        except Exception:
            self.handleError(record)


out = LogStream(INFO, "<stdout>", 1)
err = LogStream(WARN, "<stderr>", 2)


def detach():
    """What is printed from now on goes the way of foreign code."""
    global _detached
    _detached = True
    out._rest = err._rest = ""


def end_lines():
    if out._rest:
        out.end()
    if err._rest:
        err.end()


def install():
    core.end_lines = end_lines
    sys.stdout = sys.__stdout__ = out
    sys.stderr = sys.__stderr__ = err
    root = logging.getLogger()
    handler = LogHandler()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.raiseExceptions = True
    _keep_handler(root, handler)


def _keep_handler(root, handler):
    """``basicConfig()`` does nothing once there is a handler; scripts mean the level, and files of their own."""
    original = logging.basicConfig

    def basicConfig(**options):
        if root.handlers == [handler] and not options.get("force"):
            if options.get("filename") is None and options.get("handlers") is None:
                if options.get("level") is not None:
                    root.setLevel(options["level"])
                if options.get("format") is not None:
                    handler.setFormatter(
                        logging.Formatter(options["format"], options.get("datefmt"), options.get("style", "%"))
                    )
                return
            root.removeHandler(handler)
        original(**options)

    basicConfig.__doc__ = original.__doc__
    logging.basicConfig = basicConfig
