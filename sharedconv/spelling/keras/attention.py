"""Keras's attention, with Keras's own signatures (a test holds them to it).

The input is read as the query, and as key and value too: a sequence that attends to itself.
"""

from __future__ import annotations

from ...counting.attention import MultiheadAttention
from ..arguments import flag, needed, size_of, whole_of
from ..call import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


def MultiHeadAttention(
    num_heads: object,
    key_dim: object,
    value_dim: object = None,
    dropout: object = 0.0,
    use_bias: object = True,
    output_shape: object = None,
    attention_axes: object = None,
    sliding_window: object = None,
    flash_attention: object = None,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    use_gate: object = False,
    seed: object = None,
    **kwargs: object,
) -> Recipe:
    given = locals()
    heads, size = whole_of(given, "num_heads"), whole_of(given, "key_dim")
    value_size = None if value_dim is None else whole_of(given, "value_dim")
    # Keras takes 0 and () for None here
    out = _one_number(given, "output_shape") if output_shape else None
    bias, gate = flag(given, "use_bias"), flag(given, "use_gate")

    def build(shape: Shape | None) -> MultiheadAttention:
        seen = _sequence(shape)
        _attends_to_all(attention_axes, seen)
        return MultiheadAttention(
            size_of(seen),
            heads,
            size,
            value_size,
            out_features=out,
            bias=bias,
            gate=gate,
            positions=seen.sizes[:-1],
        )

    return build


def GroupQueryAttention(
    head_dim: object,
    num_query_heads: object,
    num_key_value_heads: object,
    dropout: object = 0.0,
    use_bias: object = True,
    sliding_window: object = None,
    flash_attention: object = None,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    use_gate: object = False,
    seed: object = None,
    **kwargs: object,
) -> Recipe:
    given = locals()
    size = whole_of(given, "head_dim")
    heads, key_heads = whole_of(given, "num_query_heads"), whole_of(given, "num_key_value_heads")
    bias, gate = flag(given, "use_bias"), flag(given, "use_gate")

    def build(shape: Shape | None) -> MultiheadAttention:
        seen = _sequence(shape)
        if len(seen.sizes) != 2:
            raise ValueError(f"the input is {seen}; this layer takes 2 numbers (time, features)")
        return MultiheadAttention(
            size_of(seen),
            heads,
            size,
            key_heads=key_heads,
            bias=bias,
            gate=gate,
            positions=seen.sizes[:-1],
        )

    return build


def _sequence(shape: Shape | None) -> Shape:
    seen = needed(shape, "input features", "10x64 (time, features)")
    if len(seen.sizes) < 2:
        raise ValueError(
            f"the input is {seen}; this layer takes a sequence, such as 10x64 (time, features)"
        )
    return seen


def _one_number(given: Mapping[str, object], name: str) -> int:
    value = given[name]
    if isinstance(value, tuple):
        if len(value) != 1:
            raise ValueError(f"{name} is {value!r}; sharedconv knows the rule for one number only")
        return whole_of({name: value[0]}, name)
    return whole_of(given, name)


def _attends_to_all(axes: object, shape: Shape) -> None:
    """Refuse a layer that attends along some of several axes; it works otherwise than the rule."""
    if axes is None:
        return
    rank = len(shape.sizes)
    given = axes if isinstance(axes, tuple) else (axes,)
    if any(isinstance(each, Unread) or not isinstance(each, int) for each in given) or {
        each % (rank + 1) for each in given
    } != set(range(1, rank)):
        raise ValueError(
            f"attention_axes is {axes!r}; sharedconv knows the rule where every axis between the "
            f"batch and the features is one, {tuple(range(1, rank))}, or none is named"
        )
