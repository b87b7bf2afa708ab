"""The rule for attention and transformer layers against the real layers of PyTorch and Keras.

Everything on the right-hand side of an assertion is read from a real layer's tensors, from what
it gave out, from torch's own counter of operations, or is a figure with its source.
"""

import os
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from sharedconv.counting import (
    Count,
    MultiheadAttention,
    TransformerDecoderLayer,
    TransformerEncoderLayer,
)

small = st.integers(1, 6)
times = st.integers(1, 5)
flags = st.booleans()
quickly = settings(max_examples=200, deadline=None)


def roles(count: Count) -> dict[str, int]:
    found: dict[str, int] = {}
    for term in count.terms:
        found[term.role] = found.get(term.role, 0) + term.size
    return found


def torch_roles(layer: nn.MultiheadAttention) -> dict[str, int]:
    """What a real attention holds, read from its tensors; three of them may be one tensor."""
    tensors = dict(layer.named_parameters())
    found = {"output kernel": tensors["out_proj.weight"].numel()}
    parts = ("query", "key", "value")
    for part, short in zip(parts, "qkv", strict=True):
        together = tensors.get("in_proj_weight")
        kernel = tensors[f"{short}_proj_weight"].numel() if together is None else 0
        found[f"{part} kernel"] = kernel if together is None else together.numel() // 3
    if "in_proj_bias" in tensors:
        found |= {f"{part} bias": tensors["in_proj_bias"].numel() // 3 for part in parts}
        found["output bias"] = tensors["out_proj.bias"].numel()
    if "bias_k" in tensors:
        found["extra key"] = tensors["bias_k"].numel()
        found["extra value"] = tensors["bias_v"].numel()
    assert sum(found.values()) == sum(each.numel() for each in tensors.values())
    return found


@quickly
@given(st.data())
def test_attention_is_counted_as_torch_makes_it(data: st.DataObject) -> None:
    heads, size = data.draw(small), data.draw(small)
    features = heads * size
    key_features, value_features = (data.draw(st.none() | small) for _ in "kv")
    bias, extra, zero = data.draw(flags), data.draw(flags), data.draw(flags)
    layer = nn.MultiheadAttention(
        features,
        heads,
        bias=bias,
        add_bias_kv=extra,
        add_zero_attn=zero,
        kdim=key_features,
        vdim=value_features,
        device="meta",
    )
    asking, asked = data.draw(times), data.draw(times)
    ours = MultiheadAttention(
        features,
        heads,
        size,
        key_features=key_features,
        value_features=value_features,
        bias=bias,
        extra_key=extra,
        zero_key=zero,
        positions=(asking,),
        key_positions=(asked,),
    )
    assert roles(ours.count()) == torch_roles(layer)
    query, key, value = (
        torch.empty(time, width, device="meta")
        for time, width in ((asking, features), (asked, layer.kdim), (asked, layer.vdim))
    )
    with FlopCounterMode(display=False) as flops:
        output, _ = layer(query, key, value)
    assert ours.output_shape() == tuple(output.shape)
    # torch counts a multiplication and its addition as two
    assert 2 * ours.mult_adds() == flops.get_total_flops()


@quickly
@given(st.data())
def test_attention_is_counted_as_keras_makes_it(data: st.DataObject) -> None:
    heads, size, features = data.draw(small), data.draw(small), data.draw(small)
    value_size = data.draw(st.none() | small)
    key_features, value_features = data.draw(small), data.draw(small)
    out = data.draw(st.none() | small)
    bias, gate = data.draw(flags), data.draw(flags)
    asking = data.draw(st.lists(times, min_size=1, max_size=2))
    asked = data.draw(st.lists(times, min_size=len(asking), max_size=len(asking)))
    layer = keras.layers.MultiHeadAttention(
        heads, size, value_size, use_bias=bias, output_shape=out, use_gate=gate
    )
    query, value, key = (
        (2, *asking, features),
        (2, *asked, value_features),
        (2, *asked, key_features),
    )
    layer.build(query, value, key)
    ours = MultiheadAttention(
        features,
        heads,
        size,
        value_size,
        key_features=key_features,
        value_features=value_features,
        out_features=out,
        bias=bias,
        gate=gate,
        positions=asking,
        key_positions=asked,
    )
    found = roles(ours.count())
    assert int(ours.count()) == layer.count_params()
    for part, dense in (
        ("query", layer.query_dense),
        ("key", layer.key_dense),
        ("value", layer.value_dense),
        ("output", layer.output_dense),
    ):
        assert found[f"{part} kernel"] == prod(dense.kernel.shape)
        assert found.get(f"{part} bias", 0) == (prod(dense.bias.shape) if bias else 0)
    assert (2, *ours.output_shape()) == tuple(layer.compute_output_shape(query, value, key))


@quickly
@given(st.data())
def test_attention_with_shared_keys_is_counted_as_keras_makes_it(data: st.DataObject) -> None:
    key_heads, each, size = data.draw(small), data.draw(small), data.draw(small)
    features, time = data.draw(small), data.draw(times)
    bias, gate = data.draw(flags), data.draw(flags)
    layer = keras.layers.GroupQueryAttention(
        size, key_heads * each, key_heads, use_bias=bias, use_gate=gate
    )
    shape = (2, time, features)
    layer.build(shape, shape)
    ours = MultiheadAttention(
        features,
        key_heads * each,
        size,
        key_heads=key_heads,
        bias=bias,
        gate=gate,
        positions=(time,),
    )
    assert int(ours.count()) == layer.count_params()
    found = roles(ours.count())
    assert found["key kernel"] == prod(layer._key_dense.kernel.shape)
    assert found["query kernel"] == prod(layer._query_dense.kernel.shape)
    assert (2, *ours.output_shape()) == tuple(layer.compute_output_shape(shape, shape))


@pytest.mark.parametrize(
    ("kind", "real"),
    [
        (TransformerEncoderLayer, nn.TransformerEncoderLayer),
        (TransformerDecoderLayer, nn.TransformerDecoderLayer),
    ],
    ids=lambda each: each.__name__,
)
@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), small, st.integers(1, 20), flags, times)
def test_a_transformer_layer_is_counted_as_torch_makes_it(
    kind: type[TransformerEncoderLayer], real: Any, heads: int, size: int, hidden: int,
    bias: bool, time: int,
) -> None:  # fmt: skip
    features = heads * size
    layer = real(features, heads, hidden, bias=bias, device="meta")
    ours = kind(features, heads, hidden, bias, time=time)
    count = ours.count()
    assert int(count) == sum(each.numel() for each in layer.parameters())
    norms = [each for each in layer.modules() if isinstance(each, nn.LayerNorm)]
    assert roles(count)["scale"] == sum(each.weight.numel() for each in norms)
    assert roles(count).get("shift", 0) == sum(
        0 if each.bias is None else each.bias.numel() for each in norms
    )
    dense = [each for each in layer.modules() if type(each) is nn.Linear]
    assert roles(count)["kernel"] == sum(each.weight.numel() for each in dense)
    sequence = torch.empty(time, features, device="meta")
    with FlopCounterMode(display=False) as flops:
        output = layer(sequence) if "Encoder" in real.__name__ else layer(sequence, sequence)
    assert ours.output_shape() == tuple(output.shape)
    assert 2 * ours.mult_adds() == flops.get_total_flops()


# -- figures and words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "total"),
    [
        # DESIGN.md, section 5; both frameworks
        (MultiheadAttention(64, 8, 8), 16_640),
        # the truth table of issue 3: nn.MultiheadAttention(8, 2)
        (MultiheadAttention(8, 2, 4), 288),
        # Vaswani et al. 2017, the base model: 4 × 512² + 2 × 512 × 2048 weights in a layer
        (TransformerEncoderLayer(512, 8, 2048, bias=False), 3_145_728 + 2 * 512),
    ],
)
def test_known_figures(kind: Any, total: int) -> None:
    assert int(kind.count()) == total


def test_the_terms_read_as_the_field_says_them() -> None:
    terms = MultiheadAttention(64, 8, 8, key_heads=2, gate=True).count().terms
    assert [(term.role, term.formula()) for term in terms[:5]] == [
        ("query kernel", "heads 8 × key_dim 8 × query features 64"),
        ("key kernel", "key heads 2 × key_dim 8 × key features 64"),
        ("value kernel", "key heads 2 × value_dim 8 × value features 64"),
        ("gate kernel", "heads 8 × value_dim 8 × query features 64"),
        ("output kernel", "output features 64 × heads 8 × value_dim 8"),
    ]
    formula = TransformerDecoderLayer(64, 8, 128).count().formula()
    assert formula.startswith("attentions 2 × heads 8 × key_dim 8 × query features 64 + ")
    assert formula.endswith("layer norms 3 × features 64 + layer norms 3 × features 64 = 50,240")


def test_what_is_said_of_it() -> None:
    words = MultiheadAttention(64, 8, 8, 4, key_heads=2, extra_key=True, gate=True).about()
    for part in ("8 heads", "size 8 (values: 4)", "2 heads only: 4 heads", "gate", "One key and"):
        assert part in words
    assert "no bias" in MultiheadAttention(64, 8, 8, bias=False).about()
    assert "two dense layers (64 to 2,048 and back)" in TransformerEncoderLayer(64, 8).about()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: MultiheadAttention(64, 8, 8, key_heads=3), "does not divide heads=8"),
        (lambda: MultiheadAttention(64, 0, 8), "heads is 0"),
        (lambda: MultiheadAttention(64, 8, 8, value_dim=0), "value_dim is 0"),
        (lambda: TransformerEncoderLayer(64, 7), "7 heads can't share 64 features"),
        (lambda: MultiheadAttention(64, 8, 8).mult_adds(), "needs every size"),
    ],
)
def test_what_no_layer_can_be_is_refused(make: Any, reason: str) -> None:
    with pytest.raises((ValueError, TypeError), match=reason) as refused:
        make()
    assert "\n" not in str(refused.value)
