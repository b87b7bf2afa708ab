"""Layers of Keras that change numbers and leave the shape: activations, dropout, noise, ...

Each has Keras's own signature (a test holds it against the real class); none has parameters.
"""

from __future__ import annotations

from ...counting.shaping import SameShape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..recipe import Recipe
    from ..shape import Shape


def _as_it_was(shape: Shape | None) -> SameShape:
    return SameShape(None if shape is None else shape.sizes)


def Activation(activation: object, **kwargs: object) -> Recipe:
    return _as_it_was


def ReLU(
    max_value: object = None,
    negative_slope: object = 0.0,
    threshold: object = 0.0,
    **kwargs: object,
) -> Recipe:
    return _as_it_was


def LeakyReLU(negative_slope: object = 0.3, **kwargs: object) -> Recipe:
    return _as_it_was


def ELU(alpha: object = 1.0, **kwargs: object) -> Recipe:
    return _as_it_was


def Softmax(axis: object = -1, **kwargs: object) -> Recipe:
    return _as_it_was


def Identity(**kwargs: object) -> Recipe:
    return _as_it_was


def Dropout(
    rate: object, noise_shape: object = None, seed: object = None, **kwargs: object
) -> Recipe:
    return _as_it_was


AlphaDropout = Dropout


def GaussianDropout(rate: object, seed: object = None, **kwargs: object) -> Recipe:
    return _as_it_was


def GaussianNoise(stddev: object, seed: object = None, **kwargs: object) -> Recipe:
    return _as_it_was


def SpatialDropout1D(
    rate: object, seed: object = None, name: object = None, dtype: object = None
) -> Recipe:
    return _as_it_was


def SpatialDropout2D(
    rate: object,
    data_format: object = None,
    seed: object = None,
    name: object = None,
    dtype: object = None,
) -> Recipe:
    return _as_it_was


SpatialDropout3D = SpatialDropout2D


def ActivityRegularization(l1: object = 0.0, l2: object = 0.0, **kwargs: object) -> Recipe:
    return _as_it_was


def Masking(mask_value: object = 0.0, **kwargs: object) -> Recipe:
    return _as_it_was


def Rescaling(scale: object, offset: object = 0.0, **kwargs: object) -> Recipe:
    return _as_it_was


def RandomFlip(
    mode: object = "horizontal_and_vertical",
    seed: object = None,
    data_format: object = None,
    **kwargs: object,
) -> Recipe:
    return _as_it_was


def RandomRotation(
    factor: object,
    fill_mode: object = "reflect",
    interpolation: object = "bilinear",
    seed: object = None,
    fill_value: object = 0.0,
    data_format: object = None,
    **kwargs: object,
) -> Recipe:
    return _as_it_was


def RandomZoom(
    height_factor: object,
    width_factor: object = None,
    fill_mode: object = "reflect",
    interpolation: object = "bilinear",
    seed: object = None,
    fill_value: object = 0.0,
    data_format: object = None,
    **kwargs: object,
) -> Recipe:
    return _as_it_was


def RandomTranslation(
    height_factor: object,
    width_factor: object,
    fill_mode: object = "reflect",
    interpolation: object = "bilinear",
    seed: object = None,
    fill_value: object = 0.0,
    data_format: object = None,
    **kwargs: object,
) -> Recipe:
    return _as_it_was


def RandomContrast(
    factor: object, value_range: object = (0, 255), seed: object = None, **kwargs: object
) -> Recipe:
    return _as_it_was


RandomBrightness = RandomContrast
