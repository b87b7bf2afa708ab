"""What papers and frameworks say of whole networks, stage by stage. Nothing is computed by us."""

from typing import NamedTuple


class Stage(NamedTuple):
    """Units, connections and trainable parameters of one stage, as its paper gives them."""

    units: int | None
    connections: int | None
    parameters: int | None


LENET1989_SOURCE = (
    "LeCun et al. 1989, Backpropagation Applied to Handwritten Zip Code Recognition, Neural "
    "Computation 1(4), 541-551, network architecture"
)
LENET1989 = {
    "H1": Stage(768, 19_968, 1_068),
    "H2": Stage(192, 38_592, 2_592),
    "H3": Stage(30, 5_790, 5_790),
    "output": Stage(10, 310, 310),
}
LENET1989_ALL = Stage(1_256, 64_660, 9_760)

LENET5_SOURCE = "LeCun, Bottou, Bengio, Haffner 1998, Proc. IEEE 86(11), section II.B"
LENET5 = {
    "C1": Stage(None, 122_304, 156),
    "S2": Stage(None, 5_880, 12),
    "C3": Stage(None, 151_600, 1_516),
    "S4": Stage(None, 2_000, 32),
    "C5": Stage(120, 48_120, 48_120),
    "F6": Stage(84, 10_164, 10_164),
    "output": Stage(10, 840, 0),
}
LENET5_ALL = Stage(None, 340_908, 60_000)

ALEXNET_SOURCE = (
    "Krizhevsky, Sutskever, Hinton 2012, figure 2: the input is 150,528-dimensional, and the "
    "number of neurons in the remaining layers is 253,440-186,624-64,896-64,896-43,264-4096-4096-"
    "1000 (the first of these is not what an 11×11 kernel with stride 4 gives, 55×55×96)"
)
ALEXNET_INPUTS = 150_528
ALEXNET_UNITS = {
    "conv2": 186_624,
    "conv3": 64_896,
    "conv4": 64_896,
    "conv5": 43_264,
    "fc6": 4_096,
    "fc7": 4_096,
    "fc8": 1_000,
}

PARAMETERS = {
    "lenet1989": 9_760,
    "lenet5": 60_000,
    "alexnet": 60_965_224,  # the bvlc_alexnet of Caffe; 'has 60 million parameters'
    "alexnet-ungrouped": 62_378_344,  # the many re-implementations on one GPU
    "alexnet-one-tower": 61_100_840,  # torchvision's alexnet
    "vgg11": 132_863_336,  # torchvision, as all the following
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
}
"""Trainable parameters: DESIGN.md, section 5, and torchvision's ``meta['num_params']``."""

VGG_SOURCE = "Simonyan, Zisserman 2015 (arXiv 1409.1556), table 2: parameters in millions"
VGG_MILLIONS = {"A": 133, "B": 133, "C": 134, "D": 138, "E": 144}

KERAS = {
    # parameters, of which non-trainable: the table of keras.applications, and Keras itself
    "VGG16": (138_357_544, 0),
    "VGG19": (143_667_240, 0),
    "ResNet50": (25_636_712, 53_120),
    "MobileNet": (4_253_864, 21_888),
    "MobileNetV2": (3_538_984, 34_112),
}
