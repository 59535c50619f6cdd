"""Freed memory, given back: glibc keeps it, 300 MB of it after six minutes of listening."""

import ctypes
import sys


def give_back() -> None:
    """Let the next stage have what this one needed; where there is no glibc, do nothing."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim:
            trim(0)
