"""Every spelled constructor has the signature of the real class: names, order, defaults."""

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import keras
import pytest
from torch import nn

from sharedconv.spelling import keras_layers, torch_layers
from sharedconv.spelling.call import KERAS_LAYER_ARGUMENTS

SPELLED = [
    *[(f"keras.layers.{name}", ours) for name, ours in keras_layers.LAYERS.items()],
    *[(f"nn.{name}", ours) for name, ours in torch_layers.LAYERS.items()],
]


def real_class(name: str) -> type[Any]:
    home = keras.layers if name.startswith("keras") else nn
    return getattr(home, name.rpartition(".")[2])  # type: ignore[no-any-return]


@pytest.mark.parametrize(("name", "ours"), SPELLED)
def test_the_signature_is_that_of_the_real_class(name: str, ours: Callable[..., object]) -> None:
    _, *real = inspect.signature(real_class(name).__init__).parameters.values()
    spelled = inspect.signature(ours).parameters.values()
    assert [(each.name, each.kind, each.default) for each in spelled] == [
        (each.name, each.kind, each.default) for each in real
    ]


def test_both_frameworks_are_spelled_out() -> None:
    """Convolutions of one to three dimensions, their transposed twins, and the dense layer."""
    names = [f"Conv{n}{d}{t}" for n in (1, 2, 3) for d in "D" for t in ("", "Transpose")]
    assert set(keras_layers.LAYERS) == {*names, "Dense"}
    names = [f"Conv{t}{n}d" for n in (1, 2, 3) for t in ("", "Transpose")]
    assert set(torch_layers.LAYERS) == {*names, "Linear"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "conv"),
        ("trainable", False),
        ("dtype", "float16"),
        ("autocast", False),
        ("input_shape", (3,)),
        ("input_dim", 3),
    ],
)
def test_what_every_keras_layer_takes_besides(name: str, value: object) -> None:
    assert name in KERAS_LAYER_ARGUMENTS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras would rather see an Input in front of the layer
        keras.layers.Dense(3, **{name: value})


def test_keras_takes_no_more_than_that() -> None:
    assert len(KERAS_LAYER_ARGUMENTS) == 6
    for name in ("batch_size", "weights", "filters"):
        assert name not in KERAS_LAYER_ARGUMENTS
        with pytest.raises(ValueError, match="Unrecognized keyword"):
            keras.layers.Dense(3, **{name: 1})
