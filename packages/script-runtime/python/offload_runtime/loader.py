"""Loads script files and modules, and calls functions the host holds."""

import ast
import importlib
import os
import sys
from types import ModuleType

from . import core, functions, tasks, values, wire
from .faults import fault

_MODULE_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
#: Folders of scripts at the front of the search path.
_script_folders = []


def load(call, path, _b, _c):
    """Runs a script file as ``__main__``, as the C server does, each in a namespace of its own."""
    try:
        with open(path, "rb") as file:
            source = file.read()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        return (wire.FAULT, -1, wire.LOAD_FAULT, f"cannot read {path}: {why}", path, None, None)
    module = ModuleType("__main__")
    module.__file__ = path
    module.__builtins__ = __builtins__
    # That of the file itself, too, where the script is a link to it.
    for folder in (os.path.dirname(os.path.realpath(path)), os.path.dirname(path)):
        add_script_folder(folder)
    sys.argv[:] = [path]
    core.stage = core.SCRIPT
    functions.begin_loading()
    try:
        code = _compiled(source, path)
        # Decorators look their module up by name while it loads.
        sys.modules["__main__"] = module
        result = eval(code, vars(module))
        core.stage = core.IDLE
        if result is None:
            return tasks.done(-1, module)
        return tasks.start(call, _then(result, module), core.SCRIPT)
    except BaseException as error:
        core.stage = core.IDLE
        return fault(error)
    finally:
        functions.end_loading()


def _compiled(source, path):
    try:
        return compile(source, path, "exec", flags=_MODULE_FLAGS, dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        # Source that is nested too deeply, and bytes that are no source at all: Python says neither file nor line, and
        # before 3.12 the latter is a ValueError.
        if isinstance(error, SyntaxError) and error.filename is not None:
            raise
        at = max(source.find(b"\0"), 0)
        raise SyntaxError(str(error) or "source too complex to compile", (path, source.count(b"\n", 0, at) + 1, None, None)) from None


async def _then(awaitable, module):
    functions.begin_loading()
    try:
        await awaitable
        return module
    finally:
        functions.end_loading()


def require(_call, name, _b, _c):
    core.stage = core.SCRIPT
    try:
        functions.begin_loading()
        module = importlib.import_module(name)
        core.stage = core.IDLE
        return tasks.done(-1, module)
    except BaseException as error:
        core.stage = core.IDLE
        return fault(error)
    finally:
        functions.end_loading()


def call(number, function, arguments, dressed):
    if dressed:
        arguments = values.undress(arguments)
    core.stage = core.SCRIPT
    try:
        result = functions.by_id[function](*arguments)
    except BaseException as error:
        core.stage = core.IDLE
        return fault(error)
    core.stage = core.IDLE
    return tasks.finish(number, result, core.SCRIPT)


def add_script_folder(folder):
    """Puts a folder in front of all others; those of scripts that were loaded before come next."""
    if folder in _script_folders:
        _script_folders.remove(folder)
        if folder in sys.path:
            sys.path.remove(folder)
    _script_folders.append(folder)
    sys.path.insert(0, folder)


def install(search_path):
    sys.path[0:0] = search_path
    sys.argv = [""]
    core.commands.update({wire.LOAD: load, wire.REQUIRE: require, wire.CALL: call})
