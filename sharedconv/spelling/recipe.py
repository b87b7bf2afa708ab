"""Which constructor has which name, and what a constructor gives: a recipe for a layer kind.

A recipe is a function from the input's shape to the layer kind, because Keras reads the number of
input channels from what comes in. Where no shape is known it gets None; it then makes the kind
without it, or says what to add.

To spell another layer, write its constructor in the module of its family, with the framework's own
signature, and add its name to the family's row here. Modules are loaded when a name in them is
used, so that a line with a convolution doesn't wait for the recurrent layers.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..counting.kind import Kind
    from .shape import Shape

    Recipe = Callable[[Shape | None], Kind]

FAMILIES: dict[str, dict[str, tuple[str, ...]]] = {
    "keras": {
        "conv": (
            "Conv1D",
            "Conv2D",
            "Conv3D",
            "Conv1DTranspose",
            "Conv2DTranspose",
            "Conv3DTranspose",
        ),
        "separable": (
            "DepthwiseConv1D",
            "DepthwiseConv2D",
            "SeparableConv1D",
            "SeparableConv2D",
        ),
        "local": ("LocallyConnected1D", "LocallyConnected2D"),
        "dense": ("Dense", "EinsumDense"),
        "embedding": ("Embedding",),
        "prelu": ("PReLU",),
        "passing": (
            *("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Identity"),
            *("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise"),
            *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
            *("ActivityRegularization", "Masking", "Rescaling"),
            *("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation"),
            *("RandomContrast", "RandomBrightness"),
        ),
        "pooling": (
            *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D"),
            *("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
            *("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"),
            *("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"),
            *("AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D"),
            *("AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D"),
        ),
        "shaping": (
            *("Input", "InputLayer", "Flatten", "Reshape", "Permute", "RepeatVector"),
            *("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Concatenate"),
        ),
        "resizing": (
            *("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"),
            *("Cropping1D", "Cropping2D", "Cropping3D"),
            *("UpSampling1D", "UpSampling2D", "UpSampling3D"),
            *("Resizing", "CenterCrop", "RandomCrop"),
        ),
        "norm": (
            "BatchNormalization",
            "GroupNormalization",
            "LayerNormalization",
            "RMSNormalization",
            "UnitNormalization",
        ),
        "recurrent": (
            "SimpleRNN",
            "LSTM",
            "GRU",
            "SimpleRNNCell",
            "LSTMCell",
            "GRUCell",
            "RNN",
        ),
        "conv_lstm": ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
        "wrappers": ("Bidirectional", "TimeDistributed"),
        "attention": ("MultiHeadAttention", "GroupQueryAttention"),
    },
    "torch": {
        "conv": (
            "Conv1d",
            "Conv2d",
            "Conv3d",
            "ConvTranspose1d",
            "ConvTranspose2d",
            "ConvTranspose3d",
            *("LazyConv1d", "LazyConv2d", "LazyConv3d"),
            *("LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d"),
        ),
        "dense": ("Linear", "LazyLinear", "Bilinear"),
        "embedding": ("Embedding", "EmbeddingBag"),
        "prelu": ("PReLU",),
        "passing": (
            *("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid", "LeakyReLU"),
            *("RReLU", "ELU", "CELU", "GELU", "Sigmoid", "Tanh", "Tanhshrink", "Softsign"),
            *("LogSigmoid", "Softmax2d", "Softmax", "LogSoftmax", "Softmin", "Softplus"),
            *("Softshrink", "Hardshrink", "Hardtanh", "Threshold", "Identity"),
            *("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout"),
            *("FeatureAlphaDropout", "LocalResponseNorm", "ChannelShuffle"),
        ),
        "pooling": (
            *("MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d"),
            *("LPPool1d", "LPPool2d", "LPPool3d"),
            *("AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"),
            *("AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d"),
        ),
        "shaping": ("Flatten", "Unflatten"),
        "resizing": (
            *("ZeroPad1d", "ZeroPad2d", "ZeroPad3d"),
            *("ConstantPad1d", "ConstantPad2d", "ConstantPad3d"),
            *("ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d"),
            *("ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d"),
            *("CircularPad1d", "CircularPad2d", "CircularPad3d"),
            *("Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d"),
            *("PixelShuffle", "PixelUnshuffle"),
        ),
        "norm": (
            "BatchNorm1d",
            "BatchNorm2d",
            "BatchNorm3d",
            "SyncBatchNorm",
            "InstanceNorm1d",
            "InstanceNorm2d",
            "InstanceNorm3d",
            "GroupNorm",
            "LayerNorm",
            "RMSNorm",
        ),
        "recurrent": ("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"),
        "attention": ("MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"),
    },
}
ALIASES: dict[str, dict[str, str]] = {
    "keras": {
        **{f"Convolution{n}D{t}": f"Conv{n}D{t}" for n in (1, 2, 3) for t in ("", "Transpose")},
        **{f"SeparableConvolution{n}D": f"SeparableConv{n}D" for n in (1, 2)},
        **{f"AtrousConvolution{n}D": f"Conv{n}D" for n in (1, 2)},
        **{f"MaxPool{n}D": f"MaxPooling{n}D" for n in (1, 2, 3)},
        **{f"AvgPool{n}D": f"AveragePooling{n}D" for n in (1, 2, 3)},
        **{f"GlobalMaxPool{n}D": f"GlobalMaxPooling{n}D" for n in (1, 2, 3)},
        **{f"GlobalAvgPool{n}D": f"GlobalAveragePooling{n}D" for n in (1, 2, 3)},
    },
    "torch": {},
}
"""Another name for a layer (of today, or Keras 1's) -> its name."""
FRAMEWORKS = {"keras": "Keras", "torch": "PyTorch"}


def names(framework: str) -> list[str]:
    """All constructors of a framework that can be read."""
    own = [name for family in FAMILIES[framework].values() for name in family]
    return [*own, *ALIASES[framework]]


def constructor(framework: str, name: str) -> Callable[..., Recipe]:
    """The function that stands for a framework's constructor.

    Raises KeyError where there is none of this name.
    """
    name = ALIASES[framework].get(name, name)
    for family, members in FAMILIES[framework].items():
        if name in members:
            module = import_module(f".{framework}.{family}", __package__)
            found: Callable[..., Recipe] = getattr(module, name)
            return found
    raise KeyError(name)
