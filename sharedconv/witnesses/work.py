"""PyTorch's own count of the work done, and which tensors took part in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


class Work(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Used as a context: notes every operation that PyTorch does in it.

    flops: multiplications and additions, by PyTorch's own table of formulas. ``FlopCounterMode``
        counts by the same table, but asks at every operation in which module it happens, which
        takes longer than a small layer does.
    used: the id of everything that took part in an operation.
    """

    supports_higher_order_operators = True

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flops = 0
        self.used: set[int] = set()
        self._plain: set[Any] = set()  # operations without a formula that are made of no others
        self._known: dict[Any, int] = {}

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.used.update(map(id, args))
        for each in args:
            if type(each) is list and each and isinstance(each[0], Tensor):
                self.used.update(map(id, each))
        if kwargs:
            self.used.update(map(id, kwargs.values()))
        else:
            kwargs = {}
        if func in self._plain:
            return func(*args, **kwargs)
        formula = flop_registry.get(getattr(func, "_overloadpacket", func))
        if formula is None:
            # in inference mode, operations come as wholes that are made of others
            with self:
                out = func.decompose(*args, **kwargs) if hasattr(func, "decompose") else None
            if out is not NotImplemented:
                return out
            self._plain.add(func)
            return func(*args, **kwargs)
        out = func(*args, **kwargs)
        key = _shapes_and_settings(func, args, kwargs)
        flops = self._known.get(key)
        if flops is None:
            flops = formula(*args, **kwargs, out_val=out)
            if key is not None:
                self._known[key] = flops
        self.flops += flops
        return out


def _shapes_and_settings(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What a formula depends on; None where that isn't plain."""
    if kwargs:
        return None
    return (
        func,
        *[
            each.shape if isinstance(each, Tensor) else tuple(each) if type(each) is list else each
            for each in args
        ],
    )
