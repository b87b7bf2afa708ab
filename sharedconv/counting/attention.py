"""Attention: kernels that make queries, keys and values, and one that puts the heads together.

Source: Vaswani et al. 2017; ``torch.nn.MultiheadAttention``, ``TransformerEncoderLayer`` and
``TransformerDecoderLayer``; ``keras.layers.MultiHeadAttention`` and ``GroupedQueryAttention``.
"""

from __future__ import annotations

from .count import Count, Term, number
from .kind import Kind
from .sizes import counted, divisors, image_size, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .kind import Sizes


class MultiheadAttention(Kind):
    """Attention with several heads. Queries attend to keys, and take what they find of the values.

    features: how many numbers a query has.
    heads: how many heads there are.
    key_dim, value_dim: the size of a query and a key, and of a value, within one head; value_dim is
        key_dim where it isn't given.
    key_features, value_features: how many numbers a key and a value have; `features` where they
        aren't given (a sequence that attends to itself).
    out_features: how many numbers come out; `features` where it isn't given.
    key_heads: how many heads keys and values have, where several heads of the queries share one.
    bias: whether each of the kernels has a bias.
    extra_key: whether there is one learned key and value more (PyTorch's ``add_bias_kv``).
    zero_key: whether there is one key and value of zeros more (``add_zero_attn``).
    gate: whether a gate, made of the query, multiplies what comes out of each head.
    positions: the dimensions of the query besides the features; None where a size isn't known.
    key_positions: the same of keys and values; `positions` where it isn't given.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    features: int
    heads: int
    key_dim: int
    value_dim: int
    key_features: int
    value_features: int
    out_features: int
    key_heads: int
    bias: bool
    extra_key: bool
    zero_key: bool
    gate: bool
    positions: Sizes
    key_positions: Sizes

    def __init__(
        self,
        features: int,
        heads: int,
        key_dim: int,
        value_dim: int | None = None,
        *,
        key_features: int | None = None,
        value_features: int | None = None,
        out_features: int | None = None,
        key_heads: int | None = None,
        bias: bool = True,
        extra_key: bool = False,
        zero_key: bool = False,
        gate: bool = False,
        positions: Sequence[int | None] = (None,),
        key_positions: Sequence[int | None] | None = None,
    ) -> None:
        def known(name: str, value: int | None, otherwise: int) -> int:
            return whole(name, otherwise if value is None else value)

        places = positions if key_positions is None else key_positions
        super().__init__(
            features=whole("features", features),
            heads=whole("heads", heads),
            key_dim=whole("key_dim", key_dim),
            value_dim=known("value_dim", value_dim, key_dim),
            key_features=known("key_features", key_features, features),
            value_features=known("value_features", value_features, features),
            out_features=known("out_features", out_features, features),
            key_heads=known("key_heads", key_heads, heads),
            bias=bool(bias),
            extra_key=bool(extra_key),
            zero_key=bool(zero_key),
            gate=bool(gate),
            positions=image_size("positions", tuple(positions), len(positions)),
            key_positions=image_size("key_positions", tuple(places), len(places)),
        )
        if self.heads % self.key_heads:
            raise ValueError(
                f"key_heads is {number(self.key_heads)}, which does not divide "
                f"heads={number(self.heads)}; equally many heads share each of them, so here "
                f"key_heads can be {divisors(self.heads)}"
            )

    def count(self) -> Count:
        """query kernel: heads × key_dim × query features; key kernel and value kernel: the same of
        theirs; output kernel: output features × heads × value_dim; each with its bias.
        """
        queries = {"heads": self.heads, "key_dim": self.key_dim}
        values = {"heads": self.heads, "value_dim": self.value_dim}
        shared = "heads" if self.key_heads == self.heads else "key heads"
        key = {shared: self.key_heads, "key_dim": self.key_dim}
        value = {shared: self.key_heads, "value_dim": self.value_dim}
        out = {"output features": self.out_features}
        asking = {"query features": self.features}
        parts = [
            ("query", queries, asking),
            ("key", key, {"key features": self.key_features}),
            ("value", value, {"value features": self.value_features}),
            *([("gate", values, asking)] if self.gate else []),
            ("output", out, values),
        ]
        terms = [Term(f"{part} kernel", {**makes, **of}) for part, makes, of in parts]
        if self.bias:
            terms += [Term(f"{part} bias", makes) for part, makes, _ in parts]
        if self.extra_key:
            terms += [Term("extra key", key), Term("extra value", value)]
        return Count(terms)

    def output_shape(self) -> Sizes:
        """The query's shape with the features replaced: ``(time, output features)``."""
        return (*self.positions, self.out_features)

    def mult_adds(self) -> int:
        """Multiplications, each with its addition, for one input: the kernels at each position,
        and, in each head, every query with every key, and what comes of it with every value.
        """
        asking = _product("positions", self.positions)
        asked = _product("key_positions", self.key_positions)
        places = {"key kernel": asked, "value kernel": asked}
        kernels = sum(
            term.size * places.get(term.role, asking)
            for term in self.count().terms
            if term.role.endswith("kernel")
        )
        asked += self.extra_key + self.zero_key
        return kernels + asking * asked * self.heads * (self.key_dim + self.value_dim)

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        one_size = f"size {number(self.key_dim)}"
        if self.value_dim != self.key_dim:
            one_size = f"size {number(self.key_dim)} (values: {number(self.value_dim)})"
        words = (
            f"There are {counted(self.heads, 'head')} of {one_size}. One kernel makes the queries "
            f"of all heads, one the keys, one the values, and one puts what the heads found "
            f"together: {'each has a bias' if self.bias else 'there is no bias here'}."
        )
        if self.key_heads != self.heads:
            words += (
                f" Keys and values have {counted(self.key_heads, 'head')} only: "
                f"{self.heads // self.key_heads} heads of the queries share each."
            )
        if self.gate:
            words += " A fifth kernel makes the gate."
        if self.extra_key:
            words += " One key and one value more are learned, the same for every input."
        return (
            f"{words} The same kernels are used at every position: a longer sequence needs no more "
            "of them. Which position attends to which is worked out from the input, not learned."
        )


def head_size(features: int, heads: int) -> int:
    """What each head gets where the heads share the features out between them.

    Raises ValueError where they can't.
    """
    if features % heads:
        raise ValueError(
            f"{counted(heads, 'head')} can't share {number(features)} features; every head gets "
            f"equally many, so here there can be {divisors(features)} heads"
        )
    return features // heads


def _product(name: str, sizes: Sizes) -> int:
    product = 1
    for size in sizes:
        if size is None:
            raise ValueError(f"mult_adds() needs every size; give {name} a number for each")
        product *= size
    return product
