"""The half of Offload that lives inside a Python interpreter, the same for every engine.

Scripts import none of this; what they see are the modules the host defines (``import spoa``).
"""
