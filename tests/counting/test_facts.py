"""What papers and frameworks print, from our kinds: layers, and whole networks as sums of them."""

from math import prod
from typing import Any

import pytest
from facts import figures

from sharedconv.counting import Conv, Count, Dense, LocalConv


def units(layer: Conv) -> int:
    """How many numbers the layer gives out; each has a bias as one of its connections."""
    return prod(size for size in layer.output_shape() if size is not None)


ON_28 = Conv(1, 1, (3, 3), input_size=(28, 28))


def test_the_layers_of_the_question() -> None:
    one = Conv(1, 1, (3, 3), padding="same", input_size=(100, 100))
    assert int(one.count()) == figures.ONE_FILTER.number
    assert int(one.replace(bias=False).count()) == figures.ONE_FILTER_EXPECTED.number
    assert one.output_shape() == (1, 100, 100)  # (None, 100, 100, 1) in the first table

    ten = Conv(1, 10, (5, 5), input_size=(100, 100))
    assert int(ten.count()) == figures.TEN_FILTERS.number
    assert int(ten.replace(bias=False).count()) == figures.TEN_FILTERS_EXPECTED.number

    listing = Conv(1, 60, (3, 3), input_size=(100, 100))
    assert int(listing.count()) == figures.SECOND_LISTING.number
    assert listing.output_shape() == (60, 98, 98)


def test_the_picture_of_the_question_has_three_arrows() -> None:
    """'The total number of parameters should be 3×1 = 3': true without the bias."""
    assert int(Conv(1, 1, 3, ndim=1, bias=False).count()) == 3
    assert int(Conv(1, 1, 3, ndim=1).count()) == 4


def test_one_filter_on_a_digit_with_and_without_sharing() -> None:
    assert int(ON_28.count()) == figures.SHARED.number
    assert int(ON_28.unshared().count()) == figures.UNSHARED.number
    one_bias = ON_28.unshared().replace(bias="channel")
    assert int(one_bias.count()) == figures.UNSHARED_ONE_BIAS.number
    assert int(ON_28.dense().count()) == figures.DENSE_IN_ITS_PLACE.number
    assert ON_28.mult_adds() == figures.SHARING_MULTIPLY_ADDS.number
    assert ON_28.unshared().mult_adds() == figures.SHARING_MULTIPLY_ADDS.number


def test_lecun_1989_shares_the_kernels_and_not_the_biases() -> None:
    shared = Conv(1, 12, (5, 5), stride=2, padding=2, input_size=(16, 16))
    unshared = LocalConv(1, 12, (5, 5), stride=2, padding=2, input_size=(16, 16))
    assert shared.output_shape() == (12, 8, 8)
    assert shared.count().role("kernel").total == figures.H1_WEIGHTS.number
    assert unshared.count().role("bias").total == figures.H1_BIASES.number
    # a connection is a multiplication, or a bias
    h1_connections = shared.mult_adds() + units(shared)
    assert h1_connections == figures.H1_CONNECTIONS.number

    # each map of H2 sees 8 of the 12 maps of H1
    second: dict[str, Any] = {
        "kernel_size": (5, 5),
        "stride": 2,
        "padding": 2,
        "input_size": (8, 8),
    }
    h2, h2_unshared = Conv(8, 12, **second), LocalConv(8, 12, **second)
    assert h2.output_shape() == (12, 4, 4)
    h2_count = h2.count().role("kernel") + h2_unshared.count().role("bias")
    assert int(h2_count) == figures.H2_PARAMETERS.number
    h2_connections = h2.mult_adds() + units(h2)
    assert h2_connections == figures.H2_CONNECTIONS.number

    h3, output = Dense(units(h2), 30).count(), Dense(30, 10).count()
    assert int(h3) == figures.H3_PARAMETERS.number
    assert int(output) == figures.OUTPUT_PARAMETERS.number

    h1_count = shared.count().role("kernel") + unshared.count().role("bias")
    whole = h1_count + h2_count + h3 + output
    assert int(whole) == figures.LECUN_1989_PARAMETERS.number
    # nothing is shared in a dense layer: as many connections as parameters
    connections = h1_connections + h2_connections + int(h3) + int(output)
    assert connections == figures.LECUN_1989_CONNECTIONS.number


def test_lenet5() -> None:
    c1 = Conv(1, 6, (5, 5), input_size=(32, 32))
    assert int(c1.count()) == figures.C1_PARAMETERS.number
    assert c1.mult_adds() + units(c1) == figures.C1_CONNECTIONS.number

    # the maps of C3 that see equally many maps of S2 are a convolution of their own
    c3 = [Conv(seen, maps, (5, 5), input_size=(14, 14)) for seen, maps in figures.C3_MAPS.items()]
    assert int(sum((each.count() for each in c3), Count())) == figures.C3_PARAMETERS.number
    connections = sum(each.mult_adds() + units(each) for each in c3)
    assert connections == figures.C3_CONNECTIONS.number

    c5 = Conv(16, 120, (5, 5), input_size=(5, 5))
    assert c5.output_shape() == (120, 1, 1)
    assert int(c5.count()) == figures.C5_PARAMETERS.number
    # the paper: C5 is a convolution, though on this input the same as a dense layer
    assert int(c5.dense().count()) == figures.C5_PARAMETERS.number
    f6 = Dense(120, 84)
    assert int(f6.count()) == figures.F6_PARAMETERS.number

    learned = sum((each.count() for each in (c1, *c3, c5)), f6.count())
    subsampling = figures.S2_PARAMETERS.number + figures.S4_PARAMETERS.number
    assert int(learned) + subsampling == figures.LENET5_PARAMETERS.number


def test_alexnet_with_and_without_its_two_groups() -> None:
    dense = sum((Dense(*each).count() for each in figures.ALEXNET_DENSE), Count())
    whole = {
        two: dense
        + sum(
            (
                Conv(channels, filters, (size, size), groups=2 if split and two else 1).count()
                for channels, filters, size, split in figures.ALEXNET_CONVS
            ),
            Count(),
        )
        for two in (True, False)
    }
    assert int(whole[True]) == figures.ALEXNET_GROUPED.number
    assert int(whole[False]) == figures.ALEXNET_UNGROUPED.number

    tower = sum((Conv(*each, ndim=2).count() for each in figures.ONE_TOWER_CONVS), Count())
    assert int(tower + dense) == figures.ALEXNET_TORCHVISION.number


def vgg(letter: str) -> Count:
    convs, channels = Count(), 3
    for filters, size in figures.VGG[letter]:
        convs += Conv(channels, filters, (size, size)).count()
        channels = filters
    return sum((Dense(*each).count() for each in figures.VGG_DENSE), convs)


@pytest.mark.parametrize("letter", figures.VGG)
def test_vgg_in_millions(letter: str) -> None:
    assert round(int(vgg(letter)) / 1e6) == figures.VGG_MILLIONS[letter].number


def test_vgg16_to_the_last_parameter() -> None:
    assert int(vgg("D")) == figures.VGG16.number
    assert int(Dense(*figures.VGG_DENSE[0]).count()) == figures.VGG16_FC6.number
    # 13 convolutions and 3 dense layers, each with a kernel and a bias
    assert len(vgg("D").terms) == 2 * 16


def test_every_figure_names_its_source() -> None:
    for name, figure in vars(figures).items():
        if isinstance(figure, figures.Figure):
            assert figure.source, name
            assert figure.what, name
