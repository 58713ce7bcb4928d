"""Entry of the process: ``python child.py SETTINGS``, the settings as JSON."""

import sys

MINIMUM = (3, 9)

if sys.version_info < MINIMUM:
    sys.stderr.write("offload: Python %d.%d is too old\n" % sys.version_info[:2])
    sys.exit(3)

import json  # noqa: E402
import os  # noqa: E402

# An interpreter told to trust no folder leaves out this file's, too.
if sys.flags.isolated or getattr(sys.flags, "safe_path", False):
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# The package's own folder may be read-only, and is nobody's place for caches.
sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
from offload_runtime import process  # noqa: E402

sys.dont_write_bytecode = before
del sys.path[0]
process.main(json.loads(sys.argv[1]))
