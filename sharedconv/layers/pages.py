"""Large pages for large tensors: on Linux, new memory costs more to open than to fill.

Memory arrives in pages of 4 kB, each opened when it is first written to: for the gradient of a
100 MB kernel that takes five times as long as writing the numbers. Where the system hands out pages
of 2 MB to those who ask (`madvise`, the common setting), this asks. PyTorch itself does so for
everything where `THP_MEM_ALLOC_ENABLE=1` is set before it starts.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache

from torch import Tensor

LARGE = 32 << 20
"""Bytes from which a tensor gets memory of its own from the system, and not memory used before."""
PAGE = 4096
MADV_HUGEPAGE = 14


def on_large_pages(unwritten: Tensor) -> Tensor:
    """The same tensor, its memory asked for in large pages where it is large and on the CPU.

    A wish that the system may ignore: nothing depends on it but the time.
    """
    # not of a subclass: one without memory, when a graph is made
    if type(unwritten) is Tensor and unwritten.is_cpu and unwritten.nbytes >= LARGE:
        wish = _madvise()
        if wish is not None:
            address = unwritten.data_ptr()
            start, end = -(-address // PAGE), (address + unwritten.nbytes) // PAGE
            wish(start * PAGE, (end - start) * PAGE, MADV_HUGEPAGE)
    return unwritten


@cache
def _madvise() -> Callable[[int, int, int], int] | None:
    if sys.platform != "linux":
        return None
    wish = getattr(ctypes.CDLL(None), "madvise", None)
    if wish is not None:
        wish.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    found: Callable[[int, int, int], int] | None = wish
    return found
