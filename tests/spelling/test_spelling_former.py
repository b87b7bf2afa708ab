"""What people still paste: the names and arguments of Keras 1 and 2, and Keras's second names.

Each line stands beside the layer of today's Keras that it meant, built by hand; count and shape
have to be that layer's. The old signatures are those of Keras 1.2's documentation.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from sharedconv.spelling import read

L = keras.layers

SPELLINGS: list[tuple[str, tuple[int, ...] | None, Callable[[], Any], tuple[int, ...]]] = [
    # as pasted, the shape given beside it, today's layer, the shape of its input
    ("Convolution2D(64, 5, 3)", (9, 8, 3), lambda: L.Conv2D(64, (5, 3)), (9, 8, 3)),
    (
        "Convolution2D(64, 3, 3, border_mode='same')",
        (9, 8, 3),
        lambda: L.Conv2D(64, (3, 3), padding="same"),
        (9, 8, 3),
    ),
    (
        "model.add(Convolution2D(64, 5, 3, activation='relu', input_shape=(9, 8, 3)))",
        None,
        lambda: L.Conv2D(64, (5, 3)),
        (9, 8, 3),
    ),
    (
        "Convolution2D(32, 3, 4, 'glorot_uniform', 'relu', None, 'same', (2, 2))",
        (9, 8, 3),
        lambda: L.Conv2D(32, (3, 4), strides=2, padding="same"),
        (9, 8, 3),
    ),
    (
        "Convolution2D(nb_filter=7, nb_row=3, nb_col=2, subsample=(2, 1), bias=False)",
        (9, 8, 3),
        lambda: L.Conv2D(7, (3, 2), strides=(2, 1), use_bias=False),
        (9, 8, 3),
    ),
    (
        "Conv2D(16, 3, 2, border_mode='valid', init='he_normal', W_regularizer=l2(0.01))",
        (9, 8, 3),
        lambda: L.Conv2D(16, (3, 2)),
        (9, 8, 3),
    ),
    (
        "Conv2D(16, (3, 2), border_mode='same', subsample=(2, 2))",
        (9, 8, 3),
        lambda: L.Conv2D(16, (3, 2), strides=2, padding="same"),
        (9, 8, 3),
    ),
    (
        "Convolution2D(64, (5, 3), padding='SAME')",
        (9, 8, 3),
        lambda: L.Conv2D(64, (5, 3), padding="same"),
        (9, 8, 3),
    ),
    ("Convolution2D(64, 5)", (9, 8, 3), lambda: L.Conv2D(64, 5), (9, 8, 3)),
    (
        "AtrousConvolution2D(8, 3, 2, atrous_rate=(2, 2))",
        (9, 8, 3),
        lambda: L.Conv2D(8, (3, 2), dilation_rate=2),
        (9, 8, 3),
    ),
    (
        "SeparableConvolution2D(8, 3, 2, depth_multiplier=2, border_mode='same')",
        (9, 8, 3),
        lambda: L.SeparableConv2D(8, (3, 2), depth_multiplier=2, padding="same"),
        (9, 8, 3),
    ),
    ("Convolution1D(5, 3)", (10, 4), lambda: L.Conv1D(5, 3), (10, 4)),
    (
        "Convolution1D(nb_filter=5, filter_length=3, subsample_length=2, border_mode='same', "
        "input_dim=4, input_length=10)",
        None,
        lambda: L.Conv1D(5, 3, strides=2, padding="same"),
        (10, 4),
    ),
    (
        "Convolution1D(5, 3, 'uniform', 'relu', None, 'same', 2, bias=False)",
        (10, 4),
        lambda: L.Conv1D(5, 3, strides=2, padding="same", use_bias=False),
        (10, 4),
    ),
    (
        "AtrousConvolution1D(5, 3, atrous_rate=2)",
        (10, 4),
        lambda: L.Conv1D(5, 3, dilation_rate=2),
        (10, 4),
    ),
    ("Convolution3D(4, 3, 2, 1)", (9, 8, 7, 2), lambda: L.Conv3D(4, (3, 2, 1)), (9, 8, 7, 2)),
    (
        "Convolution3D(4, kernel_dim1=3, kernel_dim2=2, kernel_dim3=1, border_mode='same')",
        (9, 8, 7, 2),
        lambda: L.Conv3D(4, (3, 2, 1), padding="same"),
        (9, 8, 7, 2),
    ),
    ("Dense(output_dim=10, input_dim=20)", None, lambda: L.Dense(10), (20,)),
    (
        "Dense(10, init='uniform', input_dim=20, bias=False)",
        None,
        lambda: L.Dense(10, use_bias=False),
        (20,),
    ),
    ("Dense(output_dim=10, init='uniform', activation='relu')", (20,), lambda: L.Dense(10), (20,)),
    ("Dense(10, batch_input_shape=(32, 20))", None, lambda: L.Dense(10), (20,)),
    ("Embedding(100, 8, input_length=7)", None, lambda: L.Embedding(100, 8), (7,)),
    (
        "Embedding(input_dim=100, output_dim=8, init='normal')",
        (7,),
        lambda: L.Embedding(100, 8),
        (7,),
    ),
    (
        "Embedding(100, 8, input_length=7, weights=[glove], trainable=False)",
        None,
        lambda: L.Embedding(100, 8),
        (7,),
    ),
    (
        "MaxPooling2D(pool_size=(2, 2), border_mode='same')",
        (9, 8, 3),
        lambda: L.MaxPooling2D((2, 2), padding="same"),
        (9, 8, 3),
    ),
    ("MaxPooling1D(pool_length=3, stride=2)", (9, 4), lambda: L.MaxPooling1D(3, strides=2), (9, 4)),
    ("AveragePooling1D(pool_length=3)", (9, 4), lambda: L.AveragePooling1D(3), (9, 4)),
    ("MaxPool2D()", (9, 8, 3), lambda: L.MaxPooling2D(), (9, 8, 3)),
    (
        "AvgPool2D(3, padding='SAME')",
        (9, 8, 3),
        lambda: L.AveragePooling2D(3, padding="same"),
        (9, 8, 3),
    ),
    ("GlobalAvgPool2D()", (9, 8, 3), lambda: L.GlobalAveragePooling2D(), (9, 8, 3)),
    ("GlobalMaxPool1D()", (9, 3), lambda: L.GlobalMaxPooling1D(), (9, 3)),
    ("UpSampling1D(length=3)", (9, 4), lambda: L.UpSampling1D(3), (9, 4)),
    ("Dropout(p=0.5)", (9, 4), lambda: L.Dropout(0.5), (9, 4)),
    ("LeakyReLU(alpha=0.2)", (9, 4), lambda: L.LeakyReLU(0.2), (9, 4)),
    ("tf.keras.layers.MaxPool2D(2)", (9, 8, 3), lambda: L.MaxPooling2D(2), (9, 8, 3)),
    ("Conv2D(8, 3, batch_input_shape=(None, 9, 8, 3))", None, lambda: L.Conv2D(8, 3), (9, 8, 3)),
    ("Dense(10, weights=None, name='fc')", (20,), lambda: L.Dense(10), (20,)),
]


@pytest.mark.parametrize(
    ("text", "shape", "today", "seen"), SPELLINGS, ids=[each[0] for each in SPELLINGS]
)
def test_a_former_spelling_is_counted_as_the_layer_it_meant(
    text: str, shape: tuple[int, ...] | None, today: Callable[[], Any], seen: tuple[int, ...]
) -> None:
    real = today()
    real.build((None, *seen))
    layer = read(text, shape)
    assert layer.framework == "keras"
    assert int(layer.count()) == real.count_params()
    assert layer.shape.sizes == seen
    assert layer.output_shape().sizes == tuple(real.compute_output_shape((None, *seen)))[1:]


@pytest.mark.parametrize(
    ("ordering", "shape", "output"),
    [
        ("th", (3, 224, 224), (64, 222, 222)),
        ("tf", (224, 224, 3), (222, 222, 64)),
        ("default", (224, 224, 3), (222, 222, 64)),
    ],
)
def test_the_dimensions_are_ordered_as_keras_1_said(
    ordering: str, shape: tuple[int, ...], output: tuple[int, ...]
) -> None:
    """VGG-16's first layer: 1,792 parameters, as Keras prints (3·3·3·64 + 64)."""
    text = f"Convolution2D(64, 3, 3, input_shape={shape}, dim_ordering={ordering!r})"
    layer = read(text)
    assert int(layer.count()) == 1_792
    assert layer.output_shape().sizes == output
    assert layer.channels_last == (ordering != "th")


def test_the_line_is_shown_as_it_was_written_and_mended_in_todays_words() -> None:
    layer = read("x = Convolution2D(10, 5, 5, border_mode='same', bias=True)(x)", (9, 9, 1))
    assert layer.text == "Convolution2D(10, 5, 5, border_mode='same', bias=True)"
    mended = layer.rewritten({"bias": False})
    assert mended == "Conv2D(filters=10, kernel_size=(5, 5), padding='same', use_bias=False)"
    real = L.Conv2D(filters=10, padding="same", kernel_size=(5, 5), use_bias=False)
    real.build((None, 9, 9, 1))
    assert int(read(mended, (9, 9, 1)).count()) == real.count_params() == 250


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # PyTorch's names in Keras's layer are a slip, not Keras 1
        ("Conv2D(10, 5, bias=False)", "Conv2D has no argument 'bias'; did you mean use_bias"),
        ("Conv2D(10, 5, stride=2)", "Conv2D has no argument 'stride'; did you mean strides"),
        ("Dense(10, bias=False)", "Dense has no argument 'bias'; did you mean use_bias"),
        # a name that the layer never had
        ("Dense(10, nb_filter=3)", "Dense has no argument 'nb_filter'"),
        ("Dense(output_dim=10, units=3)", "units stands there twice; give it once"),
        ("Dense(units=10, units=3)", "units stands there twice; give it once"),
        ("nn.Linear(3, 4, bias=True, bias=False)", "bias stands there twice; give it once"),
        ("Convolution2D(64, nb_row=3)", "Conv2D has no argument 'nb_row'"),
        ("Convolution2D(nb_filter=64, border_mode='full', kernel_size=3)", "padding is 'full'"),
        ("Dense(10, input_dim=n)", "input_dim is n; write its numbers"),
        ("Dense(10, batch_input_shape=(32,))", "batch_input_shape is .32,.; write its numbers"),
        ("Conv2D(64, 3, 3, weight=w)", "Conv2D has no argument 'weight'; there are filters"),
    ],
)
def test_what_is_no_spelling_of_any_version_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(text, (9, 9, 1) if "input" not in text else None)


def test_todays_spelling_is_left_as_it_is() -> None:
    """In today's Keras the third argument of Conv2D is the stride."""
    layer = read("Conv2D(64, 3, 3)", (9, 9, 1))
    real = L.Conv2D(64, 3, 3)
    real.build((None, 9, 9, 1))
    assert layer.output_shape().sizes == real.compute_output_shape((None, 9, 9, 1))[1:]
    assert read("Dropout(p=0.5)").framework == "keras"
    assert read("nn.Dropout(p=0.5)").framework == "torch"


@pytest.mark.parametrize(
    ("text", "framework"),
    [
        ("Flatten(1)", "torch"),
        ("Flatten(start_dim=1)", "torch"),
        ("Flatten()", "keras"),
        ("ReLU(inplace=True)", "torch"),
        ("ReLU(6.0)", "keras"),
        ("Softmax(dim=1)", "torch"),
        ("Softmax(axis=1)", "keras"),
        ("Embedding(num_embeddings=5, embedding_dim=3)", "torch"),
        ("Embedding(5, 3)", "keras"),
        ("PReLU(num_parameters=3)", "torch"),
        ("nn.Flatten()", "torch"),
        ("layers.Flatten()", "keras"),
        ("tf.keras.Input(shape=(3,))", "keras"),
    ],
)
def test_a_name_of_both_frameworks_is_the_ones_whose_arguments_it_has(
    text: str, framework: str
) -> None:
    assert read(text).framework == framework


# -- the shape that the first layer names itself -------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Input((28, 28, 1))", (28, 28, 1)),
        ("Input(shape=(28, 28, 1))", (28, 28, 1)),
        ("Input(28)", (28,)),
        ("keras.Input(batch_shape=(32, 28, 1))", (28, 1)),
        ("InputLayer((28, 28, 1))", (28, 28, 1)),
        ("InputLayer(input_shape=(28, 28, 1))", (28, 28, 1)),
        ("InputLayer(batch_input_shape=(None, 28, 28, 1))", (28, 28, 1)),
        ("Flatten(input_shape=(28, 28))", (28, 28)),
        ("MaxPooling2D(input_shape=(None, None, 3))", (None, None, 3)),
        ("Dropout(0.2, input_shape=(60,))", (60,)),
    ],
)
def test_the_first_layer_names_the_shape(text: str, shape: tuple[int | None, ...]) -> None:
    assert read(text).shape.sizes == shape


# -- other libraries -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "library"),
    [
        (
            "eqx.nn.Conv2d(1, 3, kernel_size=4, key=key1)",
            "eqx.nn.Conv2d is the spelling of Equinox",
        ),
        ("nn.Conv2d(1, 3, 4, key=key1)", "nn.Conv2d is the spelling of Equinox"),
        ("flax.linen.Conv(features=32, kernel_size=(3, 3))", "flax.linen.Conv is .* of Flax"),
        ("nn.Conv(features=32, kernel_size=(3, 3))", "nn.Conv is the spelling of Flax"),
        ("nn.Conv(32, (3, 3))", "nn.Conv is the spelling of Flax"),
        ("nn.Dense(features=10)", "nn.Dense is the spelling of Flax"),
        ("nnx.Linear(3, 4, rngs=rngs)", "nnx.Linear is the spelling of Flax"),
        ("nn.Embed(10, 3)", "nn.Embed is the spelling of Flax"),
        ("hk.Conv2D(32, 3)(x)", "hk.Conv2D is the spelling of Haiku"),
        ("jax.nn.relu(x)", "jax.nn.relu is the spelling of JAX"),
        ("stax.Conv(32, (3, 3))", "stax.Conv is the spelling of JAX"),
        ("Conv((3, 3), 1=>10)", r"Conv\(\(3, 3\), 1=>10\) is the spelling of Flux"),
        ("Conv((5,5), 3 => 7, relu; pad=SamePad())", "is the spelling of Flux"),
        ("Dense(784 => 128, relu)", "is the spelling of Flux"),
        ("Flux.Dense(784, 128)", "Flux.Dense is the spelling of Flux"),
        ("paddle.nn.Conv2D(3, 6, 5)", "paddle.nn.Conv2D is the spelling of PaddlePaddle"),
        ("mx.gluon.nn.Dense(10)", "mx.gluon.nn.Dense is the spelling of MXNet"),
        ("gluon.nn.Dense(10)", "gluon.nn.Dense is the spelling of MXNet"),
        ("mlx.nn.Linear(3, 4)", "mlx.nn.Linear is the spelling of MLX"),
    ],
)
def test_another_librarys_spelling_is_refused_by_name(text: str, library: str) -> None:
    with pytest.raises(ValueError, match=library) as refused:
        read(text)
    assert "write the same layer in Keras, such as Conv2D(10, 5), or in PyTorch" in (
        str(refused.value)
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # not another library: a slip, and what was meant
        ("Conv(10, 5)", "sharedconv knows no layer 'Conv'; did you mean"),
        ("nn.Dense(10)", "nn.Dense mixes two frameworks"),
        ("foo.nn.Conv2d(1, 2, 3)", "is not a layer of Keras or PyTorch that sharedconv knows"),
        ("Conv2D(10, 5", "can't be read as a line of Python"),
    ],
)
def test_a_slip_is_not_taken_for_another_library(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(text)


def test_an_arrow_in_a_comment_is_none_of_fluxs() -> None:
    assert int(read("nn.Conv2d(3, 4, 5)  # 3 => 4").count()) == 304


# -- PyTorch's lazy layers -----------------------------------------------------------------------


def test_a_lazy_layer_takes_its_channels_from_the_input() -> None:
    real = nn.LazyConv2d(10, 5, groups=2, padding=1)
    with torch.no_grad():
        out = real(torch.zeros(1, 6, 20, 21))
    layer = read("nn.LazyConv2d(10, 5, groups=2, padding=1)", (6, 20, 21))
    assert int(layer.count()) == sum(each.numel() for each in real.parameters())
    assert layer.output_shape().sizes == tuple(out.shape[1:])

    linear = nn.LazyLinear(4)
    linear(torch.zeros(1, 7, 3))
    layer = read("nn.LazyLinear(4)", (7, 3))
    assert int(layer.count()) == sum(each.numel() for each in linear.parameters())
    assert layer.output_shape().sizes == (7, 4)

    back = nn.LazyConvTranspose1d(5, 3, stride=2)
    with torch.no_grad():
        out = back(torch.zeros(1, 4, 9))
    layer = read("nn.LazyConvTranspose1d(5, 3, stride=2)", (4, 9))
    assert int(layer.count()) == sum(each.numel() for each in back.parameters())
    assert layer.output_shape().sizes == tuple(out.shape[1:])


@pytest.mark.parametrize("text", ["nn.LazyConv2d(10, 5)", "nn.LazyLinear(10)"])
def test_a_lazy_layer_without_an_input_says_what_it_needs(text: str) -> None:
    with pytest.raises(ValueError, match="PyTorch's lazy layer reads the number of input"):
        read(text)
