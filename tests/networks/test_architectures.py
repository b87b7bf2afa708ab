"""Networks against the figures of their papers, as two witnesses count them: rule and tally."""

from functools import cache
from math import prod

import pytest
import torch
from facts import architectures as facts
from torch import nn

from sharedconv.networks import NETWORKS, alexnet, lenet5, mobilenet, mobilenet_v2, resnet, vgg
from sharedconv.witnesses import rule, tally
from sharedconv.witnesses.connections import Connections, connections


@cache
def built(name: str) -> nn.Sequential:
    """On meta: sizes only. The networks aren't changed by the tests."""
    with torch.device("meta"):
        return NETWORKS[name].build()


@cache
def connected(name: str) -> Connections:
    return connections(built(name), NETWORKS[name].input_size)


@pytest.mark.parametrize("name", facts.PARAMETERS)
def test_the_whole_network_has_the_published_number(name: str) -> None:
    expected = facts.PARAMETERS[name]
    assert tally(built(name)).total == tally(built(name)).trainable == expected
    assert rule(built(name)).total == expected
    assert sum(each.numel() for each in built(name).parameters()) == expected
    assert connected(name).parameters.total == expected


@pytest.mark.parametrize("name", NETWORKS)
def test_each_network_gives_an_output_for_each_class(name: str) -> None:
    classes = 10 if name.startswith("lenet") else 1000
    image = torch.zeros(2, *NETWORKS[name].input_size, device="meta")
    assert built(name)(image).shape == (2, classes)
    with torch.device("meta"):
        smaller = NETWORKS[name].build(num_classes=7)
    assert smaller(image).shape == (2, 7)
    assert tally(smaller).total == rule(smaller).total


@pytest.mark.parametrize(
    ("name", "stages", "total"),
    [
        ("lenet1989", facts.LENET1989, facts.LENET1989_ALL),
        ("lenet5", facts.LENET5, facts.LENET5_ALL),
    ],
)
def test_units_connections_and_parameters_are_the_papers(
    name: str, stages: dict[str, facts.Stage], total: facts.Stage
) -> None:
    found = connected(name)
    assert [each.name for each in found.stages] == list(stages)
    for stage, published in stages.items():
        counted = found[stage]
        tensors = sum(each.numel() for each in built(name).get_submodule(stage).parameters())
        assert counted.parameters.total == tensors == published.parameters, stage
        assert counted.connections.total == published.connections, stage
        assert published.units in (None, counted.units), stage
    assert found.connections.total == total.connections
    assert found.parameters.total == total.parameters
    assert total.units in (None, found.units)


def test_the_kernels_of_1989_are_shared_and_the_biases_are_not() -> None:
    counted = connected("lenet1989")
    h1, h2 = counted["H1"].parameters, counted["H2"].parameters
    assert (h1.role("kernel").total, h1.role("bias").total) == (300, 768)
    assert (h2.role("kernel").total, h2.role("bias").total) == (2_400, 192)


def test_lenet5_keeps_840_fixed_numbers_out_of_its_parameters() -> None:
    network = built("lenet5")
    assert sum(each.numel() for each in network.buffers()) == 840
    fixed = connected("lenet5").connections.non_trainable
    assert fixed.total == 840
    assert connected("lenet5").connections.trainable.total == 340_908 - 840


def test_alexnet_has_the_published_neurons() -> None:
    found = connected("alexnet")
    assert found.inputs == facts.ALEXNET_INPUTS
    units = {each.name: each.units for each in found.stages}
    assert units.pop("conv1") == 55 * 55 * 96
    assert units == facts.ALEXNET_UNITS
    # two groups: half of the connections between two layers are not there
    halves = [connected(each)["conv4"].connections.role("kernel").total for each in ALEXNETS]
    assert halves[0] * 2 == halves[1]


ALEXNETS = ("alexnet", "alexnet-ungrouped")


@pytest.mark.parametrize("configuration", facts.VGG_MILLIONS)
def test_vgg_has_the_published_millions(configuration: str) -> None:
    with torch.device("meta"):
        network = vgg(configuration)
    counted = tally(network).total
    assert counted == rule(network).total
    assert round(counted / 1e6) == facts.VGG_MILLIONS[configuration]
    convs = sum(hasattr(each, "kernel") for each in network)
    dense = sum(isinstance(each, nn.Linear) for each in network)
    assert convs + dense == {"A": 11, "B": 13, "C": 16, "D": 16, "E": 19}[configuration]


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_a_resnet_is_as_deep_as_its_name(depth: int) -> None:
    """Convolutions and the dense layer on the way from the image to the classes."""
    network = built(f"resnet{depth}")
    weighted = [name for name, each in network.named_modules() if hasattr(each, "kernel")]
    assert len([name for name in weighted if ".shortcut." not in name]) + 1 == depth


def test_keras_builds_resnet50_with_superfluous_biases() -> None:
    with torch.device("meta"):
        network = resnet(50, conv_bias=True)
    assert tally(network).total == rule(network).total == 25_557_032 + 26_560
    statistics = [each.numel() for name, each in network.named_buffers() if "running" in name]
    assert sum(statistics) == 53_120


def test_the_work_by_the_rule_is_what_pytorch_counts() -> None:
    """A connection to an input is a multiplication; PyTorch's counter sees the operations."""
    from torch.utils.flop_counter import FlopCounterMode

    for name in ("alexnet", "vgg16", "resnet50", "mobilenetv2"):
        counter = FlopCounterMode(display=False)
        with counter, torch.no_grad():
            built(name).eval()(torch.zeros(1, *NETWORKS[name].input_size, device="meta"))
        kernels = connected(name).connections.role("kernel").total
        assert kernels == counter.get_total_flops() // 2


def test_a_table_says_what_sharing_saves() -> None:
    text = str(connected("lenet1989"))
    assert text.splitlines()[1].split() == ["H1", "768", "19,968", "1,068"]
    assert text.splitlines()[5].split() == ["all", "1,256", "64,660", "9,760"]
    assert "64,660 to learn instead of 9,760" in text
    assert "840 of the connections are fixed" in str(connected("lenet5"))
    assert "| H1 | 768 | 19,968 | 1,068 |" in connected("lenet1989")._repr_markdown_()
    answer = connected("lenet1989").as_json()
    assert answer["total"] == {
        "stage": "all",
        "units": 1_256,
        "connections": 64_660,
        "parameters": 9_760,
    }
    assert [each["stage"] for each in answer["stages"]] == ["H1", "H2", "H3", "output"]
    with pytest.raises(KeyError, match="H1"):
        connected("lenet1989")["H4"]


def test_where_nothing_is_shared_it_says_so() -> None:
    found = connections(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)), (4,))
    assert (found.units, found.connections.total) == (9, 23)
    assert "Nothing is shared" in str(found)


def test_a_module_used_twice_has_its_connections_twice_and_its_parameters_once() -> None:
    dense = nn.Linear(5, 5)
    found = connections(nn.Sequential(dense, nn.Tanh(), dense), (5,))
    assert sum(each.connections.total for each in found.stages) == 60
    assert found.parameters.total == 30


def test_a_layer_without_a_rule_is_named() -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.zeros(3))

    with pytest.raises(ValueError, match="no rule for Own"):
        connections(nn.Sequential(Own()), (3,))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: vgg("F"), "configuration is 'F'; the paper has A, B, C, D, E"),
        (lambda: vgg("A", image_size=16), "image_size must be a whole number of at least 32"),
        (lambda: resnet(51), "depth is 51; the paper has 18, 34, 50, 101, 152"),
        (lambda: lenet5(0), "num_classes must be a whole number of at least 1"),
        (lambda: alexnet(groups=5), "groups must divide"),
        (lambda: mobilenet(alpha=0), "alpha is 0"),
        (lambda: mobilenet(alpha="half"), "alpha is 'half'"),
        (lambda: mobilenet_v2(alpha=float("nan")), "alpha is nan"),
        (lambda: mobilenet(depth_multiplier=0), "depth_multiplier must be"),
    ],
)
def test_what_cant_be_built_is_said_in_a_sentence(build: object, words: str) -> None:
    with torch.device("meta"), pytest.raises(ValueError, match=words) as refused:
        build()  # type: ignore[operator]
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("size", [32, 64, 96])
def test_vgg_takes_other_images_with_another_fc6(size: int) -> None:
    with torch.device("meta"):
        network = vgg("A", num_classes=10, image_size=size)
    assert network(torch.zeros(1, 3, size, size, device="meta")).shape == (1, 10)
    fc6 = network.get_submodule("fc6")
    assert isinstance(fc6, nn.Linear)
    assert fc6.in_features == 512 * prod([size // 32] * 2)
