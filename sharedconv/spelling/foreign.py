"""Spellings that belong to another library: refused by that library's name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LIBRARIES: dict[str, tuple[str, ...]] = {
    "Equinox": ("eqx", "equinox"),
    "Flax": ("flax", "linen", "nnx"),
    "Haiku": ("hk", "haiku"),
    "JAX": ("jax", "jnp", "lax", "stax"),
    "Flux (Julia)": ("flux", "Flux"),
    "Lux (Julia)": ("lux", "Lux"),
    "MLX": ("mlx",),
    "MXNet": ("mx", "mxnet", "gluon"),
    "PaddlePaddle": ("paddle",),
    "MindSpore": ("mindspore",),
    "tinygrad": ("tinygrad",),
    "Sonnet": ("snt", "sonnet"),
    "Chainer": ("chainer",),
    "Lasagne": ("lasagne",),
    "TFLearn": ("tflearn",),
    "fastai": ("fastai",),
    "PyTorch Geometric": ("torch_geometric", "pyg_nn"),
}
"""A library, and what stands in front of the first dot where its layers are written."""

FLAX_NAMES = ("Conv", "ConvTranspose", "ConvLocal", "Embed", "DenseGeneral")
"""Layers of Flax, whose home is often called nn, as PyTorch's is."""
ARGUMENTS = {"features": "Flax", "rngs": "Flax", "key": "Equinox"}
"""What no layer of Keras or PyTorch takes."""


def refuse_foreign(name: str, arguments: Iterable[str] = ()) -> None:
    """Raise ValueError, in one sentence, where a call is another library's.

    name: what is called, with its dots; arguments: the names of those given by name.
    """
    prefix, dot, short = name.rpartition(".")
    root = prefix.partition(".")[0]
    owner = next((library for library, roots in LIBRARIES.items() if root in roots), None)
    if owner is None and prefix in ("", "nn"):
        by_argument = [ARGUMENTS[each] for each in arguments if each in ARGUMENTS]
        by_name = ["Flax"] if dot and short in FLAX_NAMES else []
        owner = next(iter(by_argument + by_name), None)
    if owner is not None:
        raise ValueError(_sentence(name, owner))


def refuse_julia(text: str) -> None:
    """Raise ValueError, in one sentence, where a line is Flux's: ``Conv((3, 3), 1 => 10)``."""
    if "=>" in text:
        raise ValueError(_sentence(" ".join(text.split())[:60], "Flux (Julia)"))


def _sentence(what: str, owner: str) -> str:
    return (
        f"{what} is the spelling of {owner}, which sharedconv doesn't read; write the same layer "
        "in Keras, such as Conv2D(10, 5), or in PyTorch, such as nn.Conv2d(1, 10, 5)"
    )
