"""Against the real Keras 3 on its torch backend: outputs, gradients and weights, there and back."""

import itertools
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest
import torch
from conv_cases import assert_equal, tries
from hypothesis import given, strategies as st

from sharedconv import layers
from sharedconv.layers import (
    LocalConv2d,
    SharedConv1d,
    SharedConv2d,
    SharedConvTranspose1d,
    SharedConvTranspose2d,
    from_keras,
    keras_weights,
    load_keras_weights,
)

assert keras.backend.backend() == "torch"
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning:keras")

numbers = st.integers(1, 3)


@dataclass
class Drawn:
    """A Keras layer yet to be built: Keras draws its weights outside hypothesis's sight."""

    name: str
    channels: int
    size: tuple[int, ...]
    options: dict[str, Any]

    def build(self):
        layer = getattr(keras.layers, self.name)(**self.options, dtype="float64")
        last = self.options["data_format"] == "channels_last"
        shape = (*self.size, self.channels) if last else (self.channels, *self.size)
        layer.build((None, *shape))
        return layer


@st.composite
def keras_layers(draw, transposed, ndims=(1, 2, 3)):
    """A layer with strides or with dilation, never with both: Keras refuses that."""
    ndim = draw(st.sampled_from(ndims))
    several = st.tuples(*[numbers] * ndim)
    options = {
        "filters": 2 * draw(numbers),
        "kernel_size": draw(several),
        "padding": draw(st.sampled_from(["valid", "same"])),
        "data_format": draw(st.sampled_from(["channels_last", "channels_first"])),
        "use_bias": draw(st.booleans()),
        "bias_initializer": "random_normal",
        draw(st.sampled_from(["strides", "dilation_rate"])): draw(several),
    }
    if not transposed:
        options["groups"] = draw(st.sampled_from([1, 2]))
    elif draw(st.booleans()):
        strides = options.get("strides", (1,) * ndim)
        options["output_padding"] = tuple(draw(st.integers(0, s - 1)) for s in strides)
    size = tuple(draw(st.integers(7, 9)) for _ in range(ndim))  # a kernel spans up to 7
    name = f"Conv{ndim}D{'Transpose' if transposed else ''}"
    return Drawn(name, 2 * draw(st.integers(1, 2)), size, options)


def outputs_and_gradients(layer, ours, size):
    """What Keras and ours make of the same image, Keras's axes moved to ours by hand."""
    last = layer.data_format == "channels_last"
    image = torch.randn(2, ours.in_channels, *size, dtype=torch.float64, requires_grad=True)
    theirs = layer(image.movedim(1, -1) if last else image)
    theirs = theirs.movedim(-1, 1) if last else theirs
    loss = torch.randn(theirs.shape, dtype=torch.float64)
    variables = [each.value for each in layer.trainable_variables]
    by_image, by_kernel, *by_bias = torch.autograd.grad(theirs, [image, *variables], loss)
    by_kernel = torch.einsum(f"{'xyz'[: len(size)]}io->oi{'xyz'[: len(size)]}", by_kernel)
    output = ours(image)
    assert output.shape == theirs.shape
    found = torch.autograd.grad(output, [image, *ours.parameters()], loss)
    return [output, *found], [theirs, by_image, by_kernel, *by_bias]


@tries(160)
@given(keras_layers(transposed=False))
def test_from_keras_computes_what_keras_computes(drawn):
    layer = drawn.build()
    try:
        ours = from_keras(layer, drawn.size)
    except ValueError:
        assert layer.padding == "same"
        assert max(layer.strides) > 1
        return
    assert_equal(*outputs_and_gradients(layer, ours, drawn.size), within=1e-10)


@tries(160)
@given(keras_layers(transposed=True))
def test_from_keras_transposed_computes_what_keras_computes(drawn):
    layer = drawn.build()
    try:
        ours = from_keras(layer)
    except ValueError:
        assert layer.padding == "same"
        return
    assert_equal(*outputs_and_gradients(layer, ours, drawn.size), within=1e-10)


def refused(convert):
    """The sentence with which `convert()` is refused, or None where it isn't."""
    try:
        convert()
    except ValueError as error:
        return str(error)
    return None


def reproduced(layer, sizes, candidates):
    """Whether one of `candidates`, layers of ours, computes what `layer` does for all `sizes`."""

    def alike(ours, size):
        image = torch.randn(1, ours.in_channels, size, dtype=torch.float64)
        try:
            found = ours(image)
        except ValueError:
            return False
        last = layer.data_format == "channels_last"
        wanted = layer(image.movedim(1, -1)).movedim(-1, 1) if last else layer(image)
        return found.shape == wanted.shape and torch.allclose(found, wanted.detach())

    with torch.no_grad():
        return any(all(alike(ours, size) for size in sizes) for ours in candidates)


def candidates(layer, channels):
    """Every padding of a one-dimensional layer of ours, with `layer`'s own weights."""
    options = {
        "in_channels": channels,
        "out_channels": layer.filters,
        "kernel_size": layer.kernel_size,
        "stride": layer.strides,
        "dilation": layer.dilation_rate,
        "bias": layer.use_bias,
        "dtype": torch.float64,
    }
    span = layer.dilation_rate[0] * (layer.kernel_size[0] - 1) + 1
    if "Transpose" in type(layer).__name__:
        limit = max(*layer.strides, *layer.dilation_rate)
        made = [
            SharedConvTranspose1d(**options, padding=padding, output_padding=extra)
            for padding, extra in itertools.product(range(span + 3), range(limit))
        ]
    else:
        words = ["same"] if max(layer.strides) == 1 else []
        made = [
            SharedConv1d(**options, groups=layer.groups, padding=padding)
            for padding in [*range(span + 3), *words]
        ]
    for ours in made:
        load_keras_weights(ours, layer.get_weights())
    return made


@tries(80)
@given(keras_layers(transposed=False, ndims=(1,)))
def test_a_size_is_refused_only_where_no_padding_computes_the_same(drawn):
    layer, (size,) = drawn.build(), drawn.size
    refusal = refused(lambda: from_keras(layer, size))
    if refusal:
        assert f"after a dimension of {size} here" in refusal
        assert not reproduced(layer, [size], candidates(layer, drawn.channels))


@tries(80)
@given(keras_layers(transposed=False, ndims=(1,)))
def test_without_a_size_it_is_refused_only_where_no_padding_suits_all_sizes(drawn):
    layer, (size,) = drawn.build(), drawn.size
    sizes = range(size, size + 4)
    if refused(lambda: from_keras(layer)):
        assert not reproduced(layer, sizes, candidates(layer, drawn.channels))
    else:
        assert reproduced(layer, sizes, [from_keras(layer)])


@tries(120)
@given(keras_layers(transposed=True, ndims=(1,)))
def test_transposed_it_is_refused_only_where_no_padding_computes_the_same(drawn):
    layer = drawn.build()
    refusal = refused(lambda: from_keras(layer))
    if refusal:
        assert "padding='same'" in refusal
        assert not reproduced(layer, drawn.size, candidates(layer, drawn.channels))


@pytest.mark.parametrize("transposed", [False, True])
def test_there_and_back_loses_nothing(transposed):
    @tries(80)
    @given(keras_layers(transposed=transposed))
    def holds(drawn):
        layer = drawn.build()
        family = layers.SharedConvTranspose if transposed else layers.SharedConv
        options = {} if transposed else {"groups": layer.groups}
        ours = family(
            layer.rank,
            drawn.channels,
            layer.filters,
            layer.kernel_size,
            bias=layer.use_bias,
            dtype=torch.float64,
            **options,
        )
        load_keras_weights(ours, layer.get_weights())
        back = keras_weights(ours)
        assert len(back) == 1 + layer.use_bias
        for ours_array, keras_array in zip(back, layer.get_weights(), strict=True):
            assert ours_array.dtype == keras_array.dtype == np.float64
            np.testing.assert_array_equal(ours_array, keras_array)
        twin = type(layer).from_config(layer.get_config())
        twin.build(layer.get_build_config()["input_shape"])
        twin.set_weights(back)
        for twin_array, keras_array in zip(twin.weights, layer.weights, strict=True):
            assert torch.equal(twin_array.value, keras_array.value)

    holds()


def built(name="Conv2D", channels=4, size=8, **options):
    layer = getattr(keras.layers, name)(**options)
    layer.build((None, *(size,) * layer.rank, channels))
    return layer


def test_from_keras_keeps_dtype_and_what_is_trained():
    frozen = built(filters=3, kernel_size=3, dtype="float64")
    frozen.trainable = False
    state = torch.random.get_rng_state()
    ours = from_keras(frozen)
    assert torch.equal(torch.random.get_rng_state(), state), "conversion draws random numbers"
    assert type(ours) is SharedConv2d
    assert ours.kernel.dtype == torch.float64
    assert not any(each.requires_grad for each in ours.parameters())
    assert from_keras(built(filters=3, kernel_size=3)).kernel.dtype == torch.float32
    low = from_keras(built(filters=3, kernel_size=3, dtype="bfloat16"))
    assert low.kernel.dtype == torch.bfloat16
    assert low.kernel.requires_grad
    assert low.kernel.is_contiguous()


def test_bfloat16_which_numpy_lacks_goes_to_keras_and_back():
    ours = SharedConv2d(2, 3, 3, dtype=torch.bfloat16)
    weights = keras_weights(ours)
    assert weights[0].dtype == np.float32
    twin = SharedConv2d(2, 3, 3, dtype=torch.bfloat16)
    load_keras_weights(twin, weights)
    assert torch.equal(twin.kernel, ours.kernel)


def test_same_with_strides_needs_a_size_that_both_ends_share_alike():
    layer = built(filters=3, kernel_size=3, strides=2, padding="same")
    with pytest.raises(ValueError, match=r"strides=\(2, 2\).*say which with input_size"):
        from_keras(layer)
    assert from_keras(layer, 9).padding == (1, 1)
    with pytest.raises(ValueError, match=r"pads 0 before and 1 after a dimension of 8"):
        from_keras(layer, 8)
    assert from_keras(built(filters=3, kernel_size=4, strides=2, padding="same"), 8).padding == (
        1,
        1,
    )
    assert from_keras(built(filters=3, kernel_size=1, strides=2, padding="same")).padding == (0, 0)
    causal = built("Conv1D", filters=3, kernel_size=1, strides=2, padding="causal")
    assert from_keras(causal).padding == (0,)
    mixed = built(filters=3, kernel_size=(1, 3), strides=(2, 1), padding="same")
    assert from_keras(mixed).padding == (0, 1)


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [
        (lambda: built("Conv1D", filters=2, kernel_size=3, padding="causal"), "pads 2 before"),
        (
            lambda: built("Conv2DTranspose", filters=2, kernel_size=3, strides=2, padding="same"),
            r"kernel over 3 and strides 2 cuts 0 pixels before and 1 after",
        ),
        (lambda: built(filters=2, kernel_size=3, activation="relu"), "activation='relu'"),
        (lambda: keras.layers.Conv2D(2, 3), "before it is built"),
    ],
)
def test_what_cannot_be_expressed_is_refused(layer, sentence):
    with pytest.raises(ValueError, match=sentence):
        from_keras(layer())


def test_only_convolutions_are_taken():
    class Own(keras.layers.Conv2D):
        pass

    for other in (keras.layers.Dense(3), keras.layers.DepthwiseConv2D(3), Own(2, 3), None):
        with pytest.raises(TypeError, match=type(other).__name__):
            from_keras(other)
    for ask in (keras_weights, lambda layer: load_keras_weights(layer, [])):
        with pytest.raises(TypeError, match=r"LocalConv2d.*a kernel per position"):
            ask(LocalConv2d(1, 1, 3, 5))
        with pytest.raises(ValueError, match=r"this layer has 2"):
            ask(SharedConvTranspose2d(4, 4, 3, groups=2))


def test_weights_for_keras_are_copies():
    layer = SharedConv2d(2, 3, 3)
    for array in keras_weights(layer):
        array[...] = 0
    assert layer.kernel.count_nonzero() == layer.kernel.numel()
    assert layer.bias.count_nonzero() == layer.bias.numel()


def test_weights_of_other_shapes_are_refused():
    layer = SharedConv2d(2, 3, 3)
    kernel, bias = keras_weights(layer)
    with pytest.raises(ValueError, match=r"\[\(3, 3, 2, 3\)\], but .* \[\(3, 3, 2, 3\), \(3,\)\]"):
        load_keras_weights(layer, [kernel])
    with pytest.raises(ValueError, match=r"\(3, 2, 3, 3\)"):
        load_keras_weights(layer, [kernel.transpose(3, 2, 0, 1), bias])


def test_weights_of_kinds_that_numpy_does_not_know_are_read():
    kernel, bias = torch.randn(3, 3, 2, 3, requires_grad=True), torch.randn(3)
    low = [pytest.importorskip("ml_dtypes").bfloat16, np.float32]
    arrays = [
        each.detach().numpy().astype(kind) for each, kind in zip((kernel, bias), low, strict=True)
    ]
    for weights in ([kernel, bias], arrays):
        layer = SharedConv2d(2, 3, 3)
        load_keras_weights(layer, weights)
        back = keras_weights(layer)
        for found, wanted in zip(back, weights, strict=True):
            wanted = wanted.detach() if isinstance(wanted, torch.Tensor) else wanted
            np.testing.assert_array_equal(found, np.asarray(wanted).astype(np.float32))


def test_what_are_no_weights_is_said_in_a_sentence():
    for other in (None, 5, "ab"):
        with pytest.raises(TypeError, match=rf"list of arrays, .* not {type(other).__name__}\.$"):
            load_keras_weights(SharedConv2d(2, 3, 3), other)
    with pytest.raises(ValueError, match="on the device 'meta' there are none"):
        keras_weights(SharedConv2d(2, 3, 3, device="meta"))
