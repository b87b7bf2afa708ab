"""Pasted Keras code, read, against the model that Keras makes of the same lines."""

from __future__ import annotations

import os
from math import prod
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import pytest

from sharedconv.spelling.snippet import Model, read_snippet

START = """
import keras
from keras import layers
from keras.layers import *
from keras.models import Model, Sequential
"""

TEXTS = {
    "a list": """
model = Sequential([
    Input((28, 28, 1)),
    Conv2D(32, 3, activation="relu"),
    MaxPooling2D(),
    Flatten(),
    Dropout(0.5),
    Dense(10, activation="softmax"),
])
""",
    "model.add, with numbers that have names": """
rows, cols = 28, 28
shape = (rows, cols, 1)
n = 8
model = keras.Sequential()
model.add(keras.Input(shape=shape))
model.add(layers.Conv2D(n * 2, (3, 3), padding="same"))
model.add(layers.BatchNormalization())
model.add(layers.Conv2D(filters=n ** 2 // 4, kernel_size=5, strides=2, use_bias=False))
model.add(layers.GlobalAveragePooling2D())
model.add(layers.Dense(units=n + 2))
""",
    "a loop over a range": """
model = Sequential()
model.add(Input(shape=(32, 32, 3)))
for i in range(3):
    model.add(Conv2D(16 * 2 ** i, 3, padding="same", name=f"conv{i}"))
    if i % 2 == 0:
        model.add(MaxPool2D())
model.add(Flatten())
for units in [64, 10]:
    model.add(Dense(units))
""",
    "a comprehension and a sum of lists": """
hidden = [Dense(n) for n in (7, 6, 5) if n != 6]
model = Sequential([Input((4,))] + hidden + [Dense(2)])
""",
    "the functional style": """
inputs = keras.Input(shape=(16, 16, 3))
x = layers.Conv2D(8, 3, padding="same")(inputs)
x = layers.ReLU()(x)
outputs = layers.Dense(3)(layers.Flatten()(x))
model = keras.Model(inputs=inputs, outputs=outputs, name="net")
""",
    "a layer object used twice": """
inputs = Input((10, 10, 4))
conv = Conv2D(4, 3, padding="same")
x = conv(inputs)
x = conv(x)
model = Model(inputs, x)
""",
    "branches": """
a = Input((8, 8, 2))
b = Conv2D(3, 1)(a)
c = Conv2D(3, 3, padding="same")(a)
x = Add()([b, c])
x = layers.concatenate([x, b, a])
x = layers.Multiply()([x, x])
x = layers.maximum([x, x])
model = Model(a, Concatenate(axis=1)([x, x]))
""",
    "a residual block that is a function": """
def conv_bn(x, filters, kernel=3, **more):
    x = layers.Conv2D(filters, kernel, padding="same", use_bias=False, **more)(x)
    return layers.BatchNormalization()(x)

def block(x, filters, stride=1, shortcut=True):
    y = conv_bn(x, filters, strides=stride)
    y = layers.ReLU()(y)
    y = conv_bn(y, filters)
    if shortcut:
        x = conv_bn(x, filters, kernel=1, strides=stride)
    return layers.ReLU()(layers.add([x, y]))

def build(classes=10):
    inputs = keras.Input((32, 32, 3))
    x = conv_bn(inputs, 16)
    for stage, blocks in enumerate([2, 2]):
        for i in range(blocks):
            x = block(x, 16 * 2 ** stage, stride=2 if i == 0 else 1, shortcut=(i == 0))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))

model = build(classes=7)
""",
    "a model within a model, used twice": """
tower = Sequential([Input((12,)), Dense(6), Dense(3)])
left, right = Input((12,)), Input((12,))
model = Model([left, right], Dense(1)(Concatenate()([tower(left), tower(right)])))
""",
    "an autoencoder of two models": """
x = Input((20,))
code = Dense(4)(x)
encoder = Model(x, code)
z = Input((4,))
decoder = Model(z, Dense(20)(z))
model = Model(x, decoder(encoder(x)))
""",
    "sequences": """
model = Sequential([
    Input((12,)),
    Embedding(50, 8),
    Bidirectional(LSTM(5, return_sequences=True)),
    TimeDistributed(Dense(4)),
    GRU(3),
    Dense(1),
])
""",
    "attention": """
x = inputs = Input((9, 16))
y = MultiHeadAttention(num_heads=2, key_dim=8)(x, x)
x = LayerNormalization()(x + y)
y = Dense(32)(x)
y = Dense(16)(y)
model = Model(inputs, LayerNormalization()(layers.add([x, y])))
""",
    "the states of a recurrent layer": """
inputs = Input((7, 4))
out, h, c = LSTM(6, return_sequences=True, return_state=True)(inputs)
model = Model(inputs, Dense(2)(Concatenate()([h, c])))
""",
    "depthwise and transposed": """
model = Sequential([Input((16, 16, 6))])
model.add(DepthwiseConv2D(3, padding="same", use_bias=False))
model.add(SeparableConv2D(12, 3, strides=2))
model.add(Conv2DTranspose(5, 4, strides=2, padding="same"))
model.add(UpSampling2D())
model.add(Cropping2D(1))
model.add(ZeroPadding2D((1, 2)))
""",
    "frozen layers": """
model = Sequential([Input((8, 8, 1)), Conv2D(4, 3), BatchNormalization(), Flatten(), Dense(2)])
for layer in model.layers[:2]:
    layer.trainable = False
""",
    "frozen in its own line, and a model that is frozen": """
base = Sequential([Input((5,)), Dense(4), Dense(3)])
base.trainable = False
inputs = Input((5,))
model = Model(inputs, Dense(2, trainable=False)(Dense(6)(base(inputs))))
""",
    "partial": """
from functools import partial
conv = partial(Conv2D, kernel_size=3, padding="same")
model = Sequential([Input((8, 8, 3)), conv(4), conv(filters=8, kernel_size=1), conv(2)])
""",
    "a shape that comes later": """
model = Sequential([Conv2D(4, 3), Conv2D(2, 3)])
model.build((None, 9, 9, 5))
""",
    "a dictionary of numbers": """
config = {"filters": 6, "size": (3, 3)}
options = dict(padding="same", activation="relu")
model = Sequential([Input((8, 8, 1)), Conv2D(config["filters"], config["size"], **options)])
""",
    "in three dimensions, and in one": """
video = Input((8, 16, 16, 1))
x = Flatten()(MaxPooling3D()(Conv3D(2, 3)(video)))
sound = Input((100, 2))
y = Flatten()(Conv1D(3, 5, padding="causal", dilation_rate=2)(sound))
model = Model([video, sound], Dense(1)(layers.concatenate([x, y])))
""",
}


def made(text: str) -> Any:
    """What Keras makes of the lines: this file's own, so that they can be run."""
    names: dict[str, Any] = {}
    exec(START + text, names)
    return names["model"]


def flat(model: Any) -> list[Any]:
    """The layers of a model, and those of the models in it, each once."""
    found: dict[int, Any] = {}
    for layer in model.layers:
        inner = flat(layer) if isinstance(layer, keras.Model) else [layer]
        found.update((id(each), each) for each in inner)
    return list(found.values())


def read_one(text: str, **more: Any) -> Model:
    models = read_snippet(text, **more)
    assert len(models) == 1
    return models[0]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_has_the_parameters_that_keras_counts(name: str) -> None:
    theirs, ours = made(TEXTS[name]), read_one(START + TEXTS[name])
    count = ours.count()
    trained = sum(prod(weight.shape) for weight in theirs.trainable_weights)
    assert (count.total, count.trainable.total) == (theirs.count_params(), trained)


@pytest.mark.parametrize("name", TEXTS)
def test_every_row_is_a_layer_of_keras_with_its_shape(name: str) -> None:
    theirs = [each for each in flat(made(TEXTS[name])) if type(each).__name__ != "InputLayer"]
    rows = [row for row in read_one(START + TEXTS[name]).rows if row.same_as is None]
    expected = sorted((each.count_params(), _shape(each)) for each in theirs)
    # a layer without parameters that is used twice is two rows here
    assert sorted({(row.count.total, row.output_shape) for row in rows}) == sorted(set(expected))
    weighted = [each for each in expected if each[0]]
    assert (
        sorted((row.count.total, row.output_shape) for row in rows if row.count.total) == weighted
    )


def _shape(layer: Any) -> tuple[int | None, ...]:
    output = layer.output if layer._inbound_nodes else layer.compute_output_shape((None, 9, 9, 5))
    first = output[0] if isinstance(output, list) else output
    return tuple(first.shape[1:])


def test_a_layer_used_again_says_whose_weights_it_has() -> None:
    rows = read_one(START + TEXTS["a layer object used twice"]).rows
    assert [(row.count.total, row.same_as) for row in rows] == [(148, None), (0, 1)]
    assert [row.line for row in rows] == [8, 8]


def test_what_has_no_part_in_a_count_is_passed_over() -> None:
    text = '''
"""A script."""
import os, numpy as np, tensorflow as tf
from tensorflow.keras.datasets import mnist
os.environ["CUDA_VISIBLE_DEVICES"] = "0"
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255
assert x_train.shape[1:] == (28, 28, 1)
with tf.device("/cpu:0"):
    model = tf.keras.models.Sequential([
        tf.keras.layers.Flatten(input_shape=(28, 28)),
        tf.keras.layers.Dense(128, activation=tf.nn.relu, kernel_regularizer=l2(1e-4)),
        tf.keras.layers.Dense(10),
    ])
opt = tf.keras.optimizers.Adam(learning_rate=1e-3)
model.compile(optimizer=opt, loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
for epoch in range(3):
    history = model.fit(x_train, y_train, epochs=1, callbacks=[tf.keras.callbacks.EarlyStopping()])
    print(f"{epoch}: {history.history['loss'][-1]:.3f}")
try:
    model.save("m.keras")
except OSError as problem:
    print(problem)
while True:
    break
if __name__ == "__main__":
    print(model.summary())
'''
    assert read_one(text).count().total == 101_770  # Keras's own tutorial prints this total


def test_a_function_that_nobody_calls_is_followed_all_the_same() -> None:
    text = "def make(n=3):\n    m = Sequential()\n    m.add(Dense(n, input_dim=4))\n    return m\n"
    assert read_one(text).count().total == 15


def test_the_input_given_beside_the_text_goes_before_its_own() -> None:
    text = "model = Sequential([Input((28, 28, 1)), Conv2D(2, 3)])"
    assert read_one(text).count().total == 20
    assert read_one(text, shape=(28, 28, 5)).count().total == 92


def test_two_models_in_one_text_are_two() -> None:
    text = "a = Sequential([Input((3,)), Dense(2)])\nb = Sequential([Input((5,)), Dense(2)])\n"
    assert [model.count().total for model in read_snippet(text)] == [8, 12]


def test_keras_1_with_the_channels_in_front() -> None:
    text = """
from keras.layers.convolutional import Convolution2D, MaxPooling2D
K.set_image_dim_ordering('th')
model = Sequential()
model.add(Convolution2D(32, 3, 3, border_mode='same', input_shape=(3, 32, 32)))
model.add(Convolution2D(32, 3, 3, subsample=(2, 2)))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(output_dim=10, init='uniform'))
"""
    theirs = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Conv2D(32, (3, 3), padding="same"),
            keras.layers.Conv2D(32, (3, 3), strides=2),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )
    ours = read_one(text)
    assert [row.count.total for row in ours.rows] == [each.count_params() for each in theirs.layers]
    assert ours.rows[1].output_shape == (32, 15, 15)
