"""What one witness says about a model's parameters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Testimony:
    """One witness's number, or why it has none.

    witness: "rule", "tally", "torchinfo", "Keras" or "matrix".
    total: parameters it counts; None where it can't tell.
    remark: one sentence: what it reads, what it leaves out, or why it can't tell.
    kernels_only: whether it sees the kernels only (a matrix has no place for the bias).
    """

    witness: str
    total: int | None
    remark: str
    kernels_only: bool = False
