"""Every spelled constructor has the signature of the real class: names, order, defaults."""

import inspect
import os
import typing
from typing import Any

import pytest
from torch import nn

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from sharedconv.spelling import read
from sharedconv.spelling.recipe import ALIASES, FAMILIES, constructor, names

HOMES: dict[str, Any] = {"keras": keras.layers, "torch": nn}
ONLY_IN_KERAS_2 = ("LocallyConnected1D", "LocallyConnected2D")
SPELLED = [
    (framework, name)
    for framework, families in FAMILIES.items()
    for members in families.values()
    for name in members
    if name not in ONLY_IN_KERAS_2
]
KERAS_1 = ("AtrousConvolution1D", "AtrousConvolution2D")


def signature(framework: str, name: str) -> list[tuple[str, Any, object]]:
    real = getattr(HOMES[framework], name)
    if inspect.isclass(real):
        # where the constructor takes anything, torch writes down what it takes for type checkers
        overloads = typing.get_overloads(real.__init__)
        parameters = [*inspect.signature((*overloads, real.__init__)[0]).parameters.values()][1:]
        if real.__init__ is nn.Module.__init__:  # takes anything by its signature, and refuses it
            parameters = []
    else:  # keras.Input is a function
        parameters = [*inspect.signature(real).parameters.values()]
    return [(each.name, each.kind, shown(each.default)) for each in parameters]


def shown(default: object) -> object:
    """A function that is a default (torch's relu) is spelled by its name."""
    return default.__name__ if inspect.isfunction(default) else default


@pytest.mark.parametrize(("framework", "name"), SPELLED)
def test_the_signature_is_that_of_the_real_class(framework: str, name: str) -> None:
    ours = inspect.signature(constructor(framework, name)).parameters.values()
    spelled = [(each.name, each.kind, shown(each.default)) for each in ours]
    assert spelled == signature(framework, name)


@pytest.mark.parametrize("name", ["Sigmoid", "Tanh", "Softsign", "LogSigmoid", "Softmax2d"])
def test_what_takes_no_argument_takes_none(name: str) -> None:
    getattr(nn, name)()
    with pytest.raises(TypeError):
        getattr(nn, name)(3)
    with pytest.raises(ValueError, match="takes at most 0 arguments in order, and got 1"):
        read(f"nn.{name}(3)")
    with pytest.raises(ValueError, match="has no argument 'dim'; it takes none"):
        read(f"nn.{name}(dim=3)")


def test_identity_takes_anything() -> None:
    nn.Identity(54, unused_argument1=0.1)
    assert int(read("nn.Identity(54, unused_argument1=0.1)").count()) == 0


@pytest.mark.parametrize("name", [each for each in ALIASES["keras"] if each not in KERAS_1])
def test_another_name_is_the_same_class_in_keras(name: str) -> None:
    assert getattr(keras.layers, name) is getattr(keras.layers, ALIASES["keras"][name])
    assert constructor("keras", name) is constructor("keras", ALIASES["keras"][name])
    assert name in names("keras")


def test_no_other_name_of_a_known_layer_is_missing() -> None:
    """Keras's own second names, found by looking at what they are."""
    known = set(names("keras"))
    for name, real in vars(keras.layers).items():
        if inspect.isclass(real) and real.__name__ != name and real.__name__ in known:
            assert name in known


@pytest.mark.parametrize(
    ("name", "strides"), [("LocallyConnected1D", 1), ("LocallyConnected2D", (1, 1))]
)
def test_the_layer_without_sharing_is_spelled_as_keras_2_documented(
    name: str, strides: object
) -> None:
    """Keras 2.15, tf.keras.layers.LocallyConnected1D and 2D; Keras 3 has none."""
    documented = {
        "filters": inspect.Parameter.empty,
        "kernel_size": inspect.Parameter.empty,
        "strides": strides,
        "padding": "valid",
        "data_format": None,
        "activation": None,
        "use_bias": True,
        "kernel_initializer": "glorot_uniform",
        "bias_initializer": "zeros",
        "kernel_regularizer": None,
        "bias_regularizer": None,
        "activity_regularizer": None,
        "kernel_constraint": None,
        "bias_constraint": None,
        "implementation": 1,
        "kwargs": inspect.Parameter.empty,
    }
    ours = inspect.signature(constructor("keras", name)).parameters.values()
    assert {each.name: each.default for each in ours} == documented
    assert list(documented) == [each.name for each in ours]
    assert not hasattr(keras.layers, name)
