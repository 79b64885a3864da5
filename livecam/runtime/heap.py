"""Memory that was freed, back to the system.

Models and frames come and go on threads of their own, and each thread frees into a heap of its
own that the C library keeps: hundreds of megabytes after a few runs, none of them in use.
"""

import sys
from ctypes import CDLL


def give_back() -> None:
    """Returns what is free to the system; takes some 10 ms, so not between frames."""
    if sys.platform == "linux":
        trim = getattr(CDLL(None), "malloc_trim", None)  # glibc's own
        if trim is not None:
            trim(0)
