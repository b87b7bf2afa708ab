"""What sharing saves, counted on real layers: tensors, bytes, and the operations torch counts."""

from typing import Any

import pytest
import torch
from counting.configurations import Configuration, torch_convs
from hypothesis import given, settings, strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from sharedconv import layers
from sharedconv.counting import Conv, LocalConv
from sharedconv.counting.sharing import in_units, sharing

QUESTION = Conv(1, 10, (5, 5), input_size=(100, 100))


def numbers(layer: nn.Module) -> tuple[int, int]:
    """Parameters and bytes, read from the tensors."""
    held = list(layer.parameters())
    return sum(each.numel() for each in held), sum(each.nbytes for each in held)


@settings(max_examples=150)
@given(torch_convs(most_channels=4, most_extra=4), st.sampled_from([torch.float32, torch.float64]))
def test_the_three_ways_are_those_of_real_layers(
    configuration: Configuration, dtype: torch.dtype
) -> None:
    backwards = "Transpose" * configuration.transposed
    arguments: dict[str, Any] = {
        **configuration.torch_arguments(),
        "device": "meta",
        "dtype": dtype,
    }
    shared = getattr(nn, f"Conv{backwards}{configuration.ndim}d")(**arguments)
    local = getattr(layers, f"LocalConv{backwards}")
    unshared = local(configuration.ndim, input_size=configuration.size, **arguments)
    image = torch.empty(
        1, configuration.in_channels, *configuration.size, dtype=dtype, device="meta"
    )
    with FlopCounterMode(display=False) as flops:
        output = shared(image)
    dense = nn.Linear(image.numel(), output.numel(), configuration.bias, device="meta", dtype=dtype)

    found = sharing(configuration.kind(), dtype.itemsize)
    for way, real in zip(found.ways, (shared, unshared, dense), strict=True):
        assert (way.parameters.total, way.bytes) == numbers(real)
    assert [each.name for each in found.ways] == ["shared", "unshared", "dense"]
    assert 2 * found["shared"].mult_adds == flops.get_total_flops()
    assert found["unshared"].mult_adds == found["shared"].mult_adds
    assert found["dense"].mult_adds == image.numel() * output.numel()
    # one kernel each: as many as the unshared kernel has of the shared one
    assert found.positions == unshared.kernel.numel() // shared.weight.numel()
    assert sharing(configuration.kind().unshared(), dtype.itemsize) == found


def test_an_unshared_layer_with_one_bias_a_filter_stays_as_it_is() -> None:
    kind = LocalConv(1, 1, (3, 3), bias="channel", input_size=(28, 28))
    found = sharing(kind)
    assert [each.parameters.total for each in found.ways] == [10, 6_085, 530_660]
    assert "about 609 times as many parameters" in found.sentences()[0]


def test_without_the_input_size_there_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="input size"):
        sharing(Conv(1, 10, (5, 5)))
    with pytest.raises(KeyError, match="'shared', 'unshared', 'dense'"):
        sharing(QUESTION)["tied"]


# -- what is printed -------------------------------------------------------------------------------


def test_the_table_of_the_question() -> None:
    assert str(sharing(QUESTION)) == (
        "            parameters   multiply-adds   memory\n"
        "shared             260       2,304,000   1.0 kB\n"
        "unshared     2,396,160       2,304,000   9.6 MB\n"
        "dense      921,692,160     921,600,000   3.7 GB\n"
        "\n"
        "Unshared, each of the 9,216 positions of the output has a kernel of its own:\n"
        "9,216 times as many parameters (4 bytes of memory each), and not one\n"
        "multiplication more. Sharing saves parameters, not work. Dense, every output\n"
        "has a weight for every input."
    )
    assert "as written    " in sharing(QUESTION).table(written="unshared").splitlines()[2]


def test_the_table_of_a_notebook() -> None:
    lines = sharing(QUESTION)._repr_markdown_().splitlines()
    assert lines[:2] == [
        "| | parameters | multiply-adds | memory |",
        "| --- | ---: | ---: | ---: |",
    ]
    assert lines[4] == "| dense | 921,692,160 | 921,600,000 | 3.7 GB |"
    assert lines[6].startswith("Unshared, each of the 9,216 positions")


def test_the_object_for_a_program() -> None:
    assert sharing(QUESTION, 2).as_json() == {
        "positions": 9_216,
        "bytes_each": 2,
        "sharing": [
            {
                "name": name,
                "parameters": parameters,
                "mult_adds": mult_adds,
                "bytes": 2 * parameters,
                "seconds": None,
                "not_measured": None,
            }
            for name, parameters, mult_adds in (
                ("shared", 260, 2_304_000),
                ("unshared", 2_396_160, 2_304_000),
                ("dense", 921_692_160, 921_600_000),
            )
        ],
    }


def test_transposed_the_positions_are_the_input_s() -> None:
    words = str(sharing(Conv(1, 1, (3, 3), transposed=True, input_size=(4, 5))))
    assert "each of the 20 positions of the input has a kernel of its own" in words


def test_with_one_position_only_nothing_is_shared() -> None:
    found = sharing(Conv(2, 3, (4, 4), input_size=(4, 4)))
    assert {each.parameters.total for each in found.ways} == {3 * 32 + 3}
    assert found.sentences() == [
        "There is one position only: sharing and not sharing are the same."
    ]


@given(
    st.sampled_from([None, 3e-6, 0.0123, 1.5]),
    st.sampled_from([None, "it takes 483.4 GB, over the limit of 1.0 GB"]),
)
def test_measured_times_stand_beside(seconds: float | None, why_not: str | None) -> None:
    found = sharing(QUESTION)
    ways = [
        found.ways[0],
        found.ways[1].replace(seconds=seconds, not_measured=why_not),
        found.ways[2],
    ]
    measured = found.replace(ways=ways)
    assert measured.measured == (seconds is not None or why_not is not None)
    head, _, unshared, _, *_ = str(measured).splitlines()
    assert head.endswith("one image") == measured.measured
    if measured.measured:
        shown = {None: "-", 3e-6: "0.003 ms", 0.0123: "12.3 ms", 1.5: "1,500 ms"}[seconds]
        assert unshared.split("   ")[-1].strip() == shown
        assert "Unshared may take longer all the same" in str(measured)
    assert (f"Not measured: unshared ({why_not})." in " ".join(str(measured).split())) == (
        why_not is not None
    )
    assert measured.as_json()["sharing"][1]["seconds"] == seconds
    assert max(map(len, str(measured).splitlines())) <= 78


@given(st.integers(0, 10**24))
def test_bytes_are_read_back_as_what_they_were(size: int) -> None:
    """To the decimal that is shown."""
    number, unit = in_units(size).replace(",", "").split()
    power = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"].index(unit)
    assert abs(float(number) * 1000**power - size) <= 0.0501 * 1000**power
    assert power == 6 or float(number) < 1000
    assert power == 0 or float(number) >= 1
    assert in_units(size) == layers.memory.in_units(size)
