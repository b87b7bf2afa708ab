"""Networks against ``keras.applications``: each layer's parameters, and the function computed.

Weights are drawn at random and carried over, so that nothing needs a download.
"""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from facts import architectures as facts
from torch import nn

from sharedconv.layers import SharedConv2d, load_keras_weights
from sharedconv.networks import mobilenet, mobilenet_v2, resnet, vgg

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras

VGG_NAMES = {
    r"block(\d)_conv(\d)": r"conv\1_\2",
    "fc1": "fc6",
    "fc2": "fc7",
    "predictions": "fc8",
}
RESNET_NAMES = {
    r"conv1_conv": "conv1",
    r"conv1_bn": "norm1",
    r"(conv\d)_block(\d+)_0_conv": r"\1_\2.shortcut.conv",
    r"(conv\d)_block(\d+)_0_bn": r"\1_\2.shortcut.norm",
    r"(conv\d)_block(\d+)_([1-3])_conv": r"\1_\2.main.conv\3",
    r"(conv\d)_block(\d+)_([1-3])_bn": r"\1_\2.main.norm\3",
    "predictions": "fc",
}
MOBILENET_NAMES = {
    "conv1": "conv1",
    "conv1_bn": "conv1_norm",
    r"conv_dw_(\d+)": r"depthwise_\1",
    r"conv_dw_(\d+)_bn": r"depthwise_\1_norm",
    r"conv_pw_(\d+)": r"pointwise_\1",
    r"conv_pw_(\d+)_bn": r"pointwise_\1_norm",
    "conv_preds": "predictions",
}
MOBILENET_V2_NAMES = {
    "Conv1": "conv1",
    "bn_Conv1": "conv1_norm",
    r"expanded_conv_(depthwise|project)": r"block_0.main.\1",
    r"expanded_conv_(depthwise|project)_BN": r"block_0.main.\1_norm",
    r"block_(\d+)_(expand|depthwise|project)": r"block_\1.main.\2",
    r"block_(\d+)_(expand|depthwise|project)_BN": r"block_\1.main.\2_norm",
    "Conv_1": "conv_last",
    "Conv_1_bn": "conv_last_norm",
    "predictions": "predictions",
}
Names = dict[str, str]

PAIRS: dict[str, tuple[Callable[[], nn.Sequential], Names]] = {
    "VGG16": (lambda: vgg("D"), VGG_NAMES),
    "VGG19": (lambda: vgg("E"), VGG_NAMES),
    "ResNet50": (lambda: resnet(50, conv_bias=True), RESNET_NAMES),
    "ResNet101": (lambda: resnet(101, conv_bias=True), RESNET_NAMES),
    "MobileNet": (mobilenet, MOBILENET_NAMES),
    "MobileNetV2": (mobilenet_v2, MOBILENET_V2_NAMES),
}


def aligned(ours: nn.Module, theirs: Any, names: Names) -> Iterator[tuple[nn.Module, Any]]:
    """Each Keras layer that has weights, with our module of the name that stands for it."""
    for layer in theirs.layers:
        if not layer.weights:
            continue
        matches = [(pattern, re.fullmatch(pattern, layer.name)) for pattern in names]
        (found,) = [match.expand(names[pattern]) for pattern, match in matches if match]
        yield ours.get_submodule(found), layer


def numbers(module: nn.Module) -> tuple[int, int]:
    """Learned numbers, and statistics (which Keras counts, and PyTorch keeps as buffers)."""
    learned = sum(each.numel() for each in module.parameters(recurse=False))
    kept = [each for name, each in module.named_buffers(recurse=False) if "running" in name]
    return learned, sum(each.numel() for each in kept)


def equal_layer_by_layer(ours: nn.Module, theirs: Any, names: Names) -> int:
    pairs = list(aligned(ours, theirs, names))
    for module, layer in pairs:
        trainable = sum(int(np.prod(each.shape)) for each in layer.trainable_weights)
        fixed = sum(int(np.prod(each.shape)) for each in layer.non_trainable_weights)
        assert numbers(module) == (trainable, fixed), layer.name
        assert sum(numbers(module)) == layer.count_params(), layer.name
    with_parameters = [each for each in ours.modules() if any(numbers(each))]
    assert len({id(module) for module, _ in pairs}) == len(pairs) == len(with_parameters)
    return sum(sum(numbers(module)) for module, _ in pairs)


@pytest.mark.parametrize("name", PAIRS)
def test_each_layer_has_the_parameters_that_keras_gives_it(name: str) -> None:
    build, names = PAIRS[name]
    with keras.device("meta"), torch.device("meta"):
        theirs = getattr(keras.applications, name)(weights=None)
        ours = build()
    total = equal_layer_by_layer(ours, theirs, names)
    assert total == theirs.count_params()
    if name in facts.KERAS:
        published = facts.KERAS[name]
        statistics = sum(numbers(each)[1] for each in ours.modules())
        assert (total, statistics) == published


@pytest.mark.parametrize("alpha", [0.25, 0.35, 0.5, 0.75, 1.3, 1.4])
def test_narrower_and_wider_mobilenets_are_those_of_keras(alpha: float) -> None:
    with keras.device("meta"), torch.device("meta"):
        theirs = keras.applications.MobileNetV2(alpha=alpha, weights=None, classes=10)
        equal_layer_by_layer(mobilenet_v2(10, alpha), theirs, MOBILENET_V2_NAMES)
        theirs = keras.applications.MobileNet(
            alpha=alpha, depth_multiplier=2, weights=None, classes=10
        )
        equal_layer_by_layer(mobilenet(10, alpha, 2), theirs, MOBILENET_NAMES)


# -- the same numbers come out ---------------------------------------------------------------------


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keras in float64, as long as the test lasts."""
    from keras.src.backend.common import dtypes

    # On every backend but TensorFlow, Keras (3.15) takes float64 down to float32 inside its dense
    # layers and batch norms. That leaves differences of 1e-6, in which a wrong eps would be lost.
    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


def carry(module: nn.Module, layer: Any, rng: np.random.Generator, feature_map: int | None) -> None:
    """Draw a Keras layer's weights anew, so that none is 0 or 1, and copy them into our module.

    feature_map: height and width of what is flattened in front of a dense layer, where it is.
    """
    drawn = [
        rng.uniform(0.5, 1.5, each.shape)
        if "variance" in each.path or "gamma" in each.path
        else rng.normal(0, 0.3, each.shape)
        if len(each.shape) == 1
        else rng.normal(0, np.sqrt(2 / np.prod(each.shape[:-1])), each.shape)
        for each in layer.weights
    ]
    layer.set_weights(drawn)
    if isinstance(module, SharedConv2d):
        if module.groups > 1:  # Keras's depthwise kernel: (height, width, channels, multiplier)
            drawn = [drawn[0].reshape(*drawn[0].shape[:2], 1, -1)]
        load_keras_weights(module, drawn)
        return
    with torch.no_grad():
        if isinstance(module, nn.BatchNorm2d):
            places = [module.weight, module.bias, module.running_mean, module.running_var]
        else:
            assert isinstance(module, nn.Linear)
            if feature_map:  # flattened channels last there, channels first here
                whole = drawn[0].reshape(feature_map, feature_map, -1, module.out_features)
                drawn[0] = whole.transpose(2, 0, 1, 3).reshape(drawn[0].shape)
            drawn[0] = drawn[0].T
            places = [module.weight, module.bias]
        for place, array in zip(places, drawn, strict=True):
            assert place is not None
            place.copy_(torch.from_numpy(np.ascontiguousarray(array)))


def largest_difference(
    ours: nn.Module, theirs: Any, names: Names, size: int, feature_map: int | None = None
) -> float:
    """Largest difference of the outputs, relative to the largest output."""
    rng = np.random.default_rng(0)
    ours.double().eval()
    first_dense = True
    for module, layer in aligned(ours, theirs, names):
        flattened = feature_map if isinstance(module, nn.Linear) and first_dense else None
        first_dense = first_dense and not isinstance(module, nn.Linear)
        carry(module, layer, rng, flattened)
    images = rng.normal(size=(2, size, size, 3))
    with torch.no_grad():
        expected = keras.ops.convert_to_numpy(theirs(images, training=False))
        given = ours(torch.from_numpy(images).permute(0, 3, 1, 2)).numpy()
    assert expected.dtype == given.dtype == np.float64
    assert expected.std() > 1e-3 * np.abs(expected).max()  # not all the same, not all 0
    return float(np.abs(given - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("size", [64, 65])
@pytest.mark.usefixtures("double")
def test_mobilenet_computes_what_keras_computes(size: int) -> None:
    """An odd size too: Keras pads strided layers unevenly, and even and odd sizes differently."""
    shape = (size, size, 3)
    theirs = keras.applications.MobileNet(
        input_shape=shape, weights=None, classes=10, classifier_activation=None
    )
    assert largest_difference(mobilenet(10), theirs, MOBILENET_NAMES, size) < 1e-12
    theirs = keras.applications.MobileNetV2(
        input_shape=shape, weights=None, classes=10, classifier_activation=None
    )
    assert largest_difference(mobilenet_v2(10), theirs, MOBILENET_V2_NAMES, size) < 1e-12


@pytest.mark.usefixtures("double")
def test_resnet50_computes_what_keras_computes() -> None:
    theirs = keras.applications.ResNet50(
        input_shape=(64, 64, 3), weights=None, classes=10, classifier_activation=None
    )
    ours = resnet(50, 10, conv_bias=True, stride_first=True, eps=1.001e-5)
    assert largest_difference(ours, theirs, RESNET_NAMES, 64) < 1e-12


@pytest.mark.usefixtures("double")
def test_vgg16_computes_what_keras_computes() -> None:
    theirs = keras.applications.VGG16(
        input_shape=(64, 64, 3), weights=None, classes=10, classifier_activation=None
    )
    ours = vgg("D", 10, image_size=64)
    assert largest_difference(ours, theirs, VGG_NAMES, 64, feature_map=2) < 1e-12
