"""How many positions come out along one dimension: plain integer arithmetic.

The formulas are those of PyTorch's documentation (``ConvNd``, ``ConvTransposeNd``) and of Keras's
``Conv`` and ``ConvTranspose``. What stands for a number may be anything that can be added,
multiplied, divided and compared like one.
"""

from __future__ import annotations


def reach(kernel: int, dilation: int) -> int:
    """How many places a kernel spans, with the gaps that dilation puts between its weights."""
    return dilation * (kernel - 1) + 1


def positions(size: int, kernel: int, stride: int, padding: int | str, dilation: int) -> int:
    """At how many positions a kernel is used along an image of this size.

    padding: a number (on both sides), or "valid", "same", "causal".
    """
    if padding in ("same", "causal"):
        return -(-size // stride)
    around = 0 if isinstance(padding, str) else padding
    return (size + 2 * around - reach(kernel, dilation)) // stride + 1


def transposed_positions(
    size: int, kernel: int, stride: int, padding: int | str, dilation: int, extra: int | None
) -> int:
    """How large what a transposed convolution gives out is along one dimension.

    padding: a number (cut off on both sides), or "valid", "same". extra: the output padding.
    """
    span = reach(kernel, dilation)
    if isinstance(padding, str):  # Keras's words
        if extra is None:
            return size * stride + (max(span - stride, 0) if padding == "valid" else 0)
        edge = span if padding == "valid" else span % 2
        return (size - 1) * stride + edge + extra
    more = 0 if extra is None else extra
    return (size - 1) * stride - 2 * padding + span + more


def padding_beside(kernel: int, dilation: int, padding: int | str) -> int:
    """The padding as a number on either side; with "same", what it is at a stride of 1."""
    if padding == "same":
        return dilation * (kernel - 1) // 2
    return 0 if isinstance(padding, str) else padding
