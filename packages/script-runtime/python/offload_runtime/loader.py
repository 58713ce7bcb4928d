"""Loads script files and modules, and calls functions the host holds."""

import ast
import importlib
import os
import sys
from types import ModuleType

from . import core, functions, tasks, values, wire
from .faults import fault

_MODULE_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
#: Folders to look for modules in, behind those of the scripts.
_script_folders = 0


def load(call, path, _b, _c):
    """Runs a script file as ``__main__``, as the C server does, each in a namespace of its own."""
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        return (wire.FAULT, -1, wire.LOAD_FAULT, f"cannot read {path}: {error.strerror}", path, None, None)
    module = ModuleType("__main__")
    module.__file__ = path
    module.__builtins__ = __builtins__
    add_script_folder(os.path.dirname(path))
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
    except (SyntaxError, ValueError) as error:
        # Bytes that are no source at all: Python says neither file nor line, and before 3.12 it is a ValueError.
        if isinstance(error, SyntaxError) and error.filename is not None:
            raise
        at = max(source.find(b"\0"), 0)
        raise SyntaxError(str(error), (path, source.count(b"\n", 0, at) + 1, None, None)) from None


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
    global _script_folders
    if folder not in sys.path[:_script_folders]:
        sys.path.insert(_script_folders, folder)
        _script_folders += 1


def install(search_path):
    sys.path[0:0] = search_path
    sys.argv = [""]
    core.commands.update({wire.LOAD: load, wire.REQUIRE: require, wire.CALL: call})
