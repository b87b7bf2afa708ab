"""Figures that others published, each with its source. Nothing here is computed by our code.

Where a paper gives parts, they are data here (`VGG`, `ALEXNET`, ...), and what the parts add up to
is a figure of its own.
"""

from typing import NamedTuple


class Figure(NamedTuple):
    """A number, what it counts, and who says so."""

    number: int
    what: str
    source: str


QUESTION_SOURCE = (
    "Raven Cheuk's question 'Sharing filter weight in convolution network', with its printed "
    "Keras tables (shared/seed/question.txt)"
)
ONE_FILTER = Figure(10, "Conv2D(1, 3×3) on 100×100×1", QUESTION_SOURCE)
ONE_FILTER_EXPECTED = Figure(9, "what the asker expected of it", QUESTION_SOURCE)
TEN_FILTERS = Figure(260, "Conv2D(10, 5×5) on 100×100×1, the second table", QUESTION_SOURCE)
TEN_FILTERS_EXPECTED = Figure(250, "what the asker expected of it", QUESTION_SOURCE)
SECOND_LISTING = Figure(
    600,
    "Conv2D(filters=60, kernel_size=(3, 3)) on 100×100×1: the code above the second table, which "
    "it doesn't belong to",
    "Keras itself, running that code",
)

SHARING_SOURCE = (
    "Keras 2's LocallyConnected2D (one bias per position), LeCun 1989's H1 (likewise), "
    "nn.Linear(784, 676); DESIGN.md, section 5"
)
SHARED = Figure(10, "one 3×3 filter on 28×28, shared", SHARING_SOURCE)
UNSHARED = Figure(6_760, "the same, a kernel and a bias at each of 676 positions", SHARING_SOURCE)
UNSHARED_ONE_BIAS = Figure(6_085, "the same, with one bias for all positions", SHARING_SOURCE)
DENSE_IN_ITS_PLACE = Figure(530_660, "784 inputs, 676 outputs", SHARING_SOURCE)
SHARING_MULTIPLY_ADDS = Figure(6_084, "shared and unshared alike", SHARING_SOURCE)

LECUN_1989 = "LeCun et al. 1989, Backpropagation Applied to Handwritten Zip Code Recognition, "
LECUN_1989 += "Neural Computation 1(4), 541-551"
H1_CONNECTIONS = Figure(19_968, "H1: 768 units, 26 connections each", LECUN_1989)
H1_WEIGHTS = Figure(300, "H1: weights, shared within each of 12 maps", LECUN_1989)
H1_BIASES = Figure(768, "H1: biases, which are not shared", LECUN_1989)
H2_CONNECTIONS = Figure(38_592, "H2: 12 maps of 4×4, each sees 8 maps of H1", LECUN_1989)
H2_PARAMETERS = Figure(2_592, "H2", LECUN_1989)
H3_PARAMETERS = Figure(5_790, "H3: 30 units, fully connected to H2", LECUN_1989)
OUTPUT_PARAMETERS = Figure(310, "10 output units, fully connected to H3", LECUN_1989)
LECUN_1989_PARAMETERS = Figure(9_760, "the whole network", LECUN_1989)
LECUN_1989_CONNECTIONS = Figure(64_660, "the whole network", LECUN_1989)

LENET5 = "LeCun, Bottou, Bengio, Haffner 1998, Proc. IEEE 86(11), section II.B"
C1_PARAMETERS = Figure(156, "C1: 6 maps of 28×28 from 32×32, 5×5", LENET5)
C1_CONNECTIONS = Figure(122_304, "C1", LENET5)
S2_PARAMETERS = Figure(12, "S2: a factor and a bias for each of 6 maps", LENET5)
C3_PARAMETERS = Figure(1_516, "C3: 16 maps of 10×10", LENET5)
C3_CONNECTIONS = Figure(151_600, "C3", LENET5)
C3_MAPS = {3: 6, 4: 9, 6: 1}
"""Table I of LENET5: so many maps of S2 are seen by so many maps of C3."""
S4_PARAMETERS = Figure(32, "S4: a factor and a bias for each of 16 maps", LENET5)
C5_PARAMETERS = Figure(48_120, "C5: 120 maps of 1×1, 5×5 on all 16 maps", LENET5)
F6_PARAMETERS = Figure(10_164, "F6: 84 units", LENET5)
LENET5_PARAMETERS = Figure(60_000, "trainable parameters of the whole network", LENET5)

ALEXNET = "Krizhevsky, Sutskever, Hinton 2012, section 3.5 and figure 2 (two GPUs are two groups)"
ALEXNET_CONVS = [  # in_channels, filters, kernel, whether it is split over the two GPUs
    (3, 96, 11, False),
    (96, 256, 5, True),
    (256, 384, 3, False),
    (384, 384, 3, True),
    (384, 256, 3, True),
]
ALEXNET_DENSE = [(256 * 6 * 6, 4096), (4096, 4096), (4096, 1000)]
ALEXNET_GROUPED = Figure(60_965_224, "AlexNet as published; 'has 60 million parameters'", ALEXNET)
ALEXNET_UNGROUPED = Figure(
    62_378_344, "the same without groups", "the many re-implementations on one GPU"
)
ONE_TOWER_CONVS = [(3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3)]
ALEXNET_TORCHVISION = Figure(
    61_100_840,
    "AlexNet, the narrower one of 'One weird trick'",
    "torchvision.models.AlexNet_Weights.IMAGENET1K_V1.meta['num_params']",
)

VGG_SOURCE = "Simonyan, Zisserman 2015 (arXiv 1409.1556), tables 1 and 2"
VGG: dict[str, list[tuple[int, int]]] = {
    # filters and kernel size of each convolution, from table 1; in C three kernels are 1×1
    "A": [(64, 3), (128, 3), *[(256, 3)] * 2, *[(512, 3)] * 4],
    "B": [*[(64, 3)] * 2, *[(128, 3)] * 2, *[(256, 3)] * 2, *[(512, 3)] * 4],
    "C": [
        *[(64, 3)] * 2,
        *[(128, 3)] * 2,
        *[(256, 3), (256, 3), (256, 1)],
        *[(512, 3), (512, 3), (512, 1)] * 2,
    ],
    "D": [*[(64, 3)] * 2, *[(128, 3)] * 2, *[(256, 3)] * 3, *[(512, 3)] * 6],
    "E": [*[(64, 3)] * 2, *[(128, 3)] * 2, *[(256, 3)] * 4, *[(512, 3)] * 8],
}
VGG_DENSE = [(7 * 7 * 512, 4096), (4096, 4096), (4096, 1000)]
VGG_MILLIONS = {
    "A": Figure(133, "parameters in millions", VGG_SOURCE),
    "B": Figure(133, "parameters in millions", VGG_SOURCE),
    "C": Figure(134, "parameters in millions", VGG_SOURCE),
    "D": Figure(138, "parameters in millions", VGG_SOURCE),
    "E": Figure(144, "parameters in millions", VGG_SOURCE),
}
VGG16 = Figure(138_357_544, "VGG-16", "keras.applications.VGG16().count_params(); torchvision")
VGG16_FC6 = Figure(
    102_764_544, "fc6 of VGG-16", "the table of keras.applications.VGG16().summary()"
)
