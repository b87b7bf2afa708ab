"""The arrows: one for each connection, and a look for each weight."""

from collections import Counter, defaultdict

import pytest
import torch
from hypothesis import assume, given, settings
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch
from small_convs import convs

from sharedconv.counting import Conv, Dense
from sharedconv.counting.connections import connections
from sharedconv.layers import SharedConv, conv_matrix
from sharedconv.pictures import alternative, arrows, matrix
from sharedconv.pictures.figure import Picture
from sharedconv.pictures.wiring import bias_of, is_padding, outputs, sources, ways_of, wires

QUESTION = Conv(1, 1, 3, ndim=1, input_size=7)


def drawn_arrows(panel: object) -> list[FancyArrowPatch]:
    return [each for each in panel.patches if isinstance(each, FancyArrowPatch)]  # type: ignore[attr-defined]


def drawn_ways(conv: Conv) -> dict[str, Conv | Dense]:
    """Those whose arrows can all look different."""
    return {
        way: kind
        for way, kind in ways_of(conv).items()
        if kind.count().role("kernel").total <= 42 and kind.count().role("bias").total <= 14
    }


def look_of(arrow: FancyArrowPatch) -> tuple[str, str]:
    return to_hex(arrow.get_edgecolor()), str(arrow.get_linestyle())


def check_arrows(picture: Picture, conv: Conv) -> None:
    for panel, (way, kind) in zip(picture.axes, drawn_ways(conv).items(), strict=True):
        assert way in panel.get_title()
        found = drawn_arrows(panel)
        assert len(found) == connections(kind).total
        looks = defaultdict(set)
        for arrow in found:
            looks[arrow.get_gid()].add(look_of(arrow))
        assert len(looks) == kind.count().total
        assert all(len(each) == 1 for each in looks.values())
        assert len(set(map(tuple, looks.values()))) == len(looks)


def test_the_questions_picture() -> None:
    """Kernel size 3, one filter: red, blue and green, and the bias that the question misses."""
    picture = arrows(QUESTION)
    check_arrows(picture, QUESTION)
    shared, unshared, dense = map(drawn_arrows, picture.axes)
    assert (len(shared), len(unshared), len(dense)) == (20, 20, 40)
    used = Counter(look_of(each) for each in shared)
    assert sorted(used.values()) == [5, 5, 5, 5]
    assert {color for color, _ in used} == {"#d55e00", "#0072b2", "#009e73", "#222222"}
    assert len({line for _, line in used}) == 3  # the bias is black, so it may share one
    letters = Counter(each.get_text() for each in picture.axes[0].texts)
    assert [letters[each] for each in "abc"] == [5, 5, 5]
    assert letters["1"] == 1
    legend = [each.get_text() for each in picture.legends[0].get_texts()]
    assert legend == ["a", "b", "c", "bias, from the constant 1"]


def test_a_way_with_too_many_weights_is_left_out_and_it_is_said() -> None:
    conv = Conv(1, 1, 3, padding="same", dilation=2, ndim=1, input_size=7)
    picture = arrows(conv)
    check_arrows(picture, conv)
    assert len(picture.axes) == 2
    note = (
        "Not drawn is dense: it has 49 weights and 7 biases, and 42 and 14 can be told apart as "
        "arrows."
    )
    assert note in alternative(picture)
    assert note in picture.legends[0].get_title().get_text()
    assert "Not drawn" not in alternative(arrows(QUESTION))
    with pytest.raises(
        ValueError, match=r"the dense layer has 49 weights .* a smaller input works"
    ):
        arrows(conv, ways=("dense",))


@pytest.mark.parametrize(
    "conv",
    [
        QUESTION,
        Conv(1, 2, 3, padding=1, ndim=1, input_size=4),
        Conv(1, 1, 3, padding="same", dilation=2, ndim=1, input_size=7),
        Conv(1, 1, (2, 2), input_size=(3, 3)),
    ],
    ids=["question", "two filters", "dilated", "two dimensions"],
)
def test_no_biass_arrow_goes_through_a_letter(conv: Conv) -> None:
    picture = arrows(conv)
    picture.draw_without_rendering()
    for panel in picture.axes:
        letters = [each for each in panel.texts if each.get_text().strip("₁₂₃₄₅₆₇₈₉").isalpha()]
        boxes = {
            each.get_text(): each.get_window_extent()
            for each in letters
            if each.get_text() not in ("in", "out")
        }
        for arrow in drawn_arrows(panel):
            if str(arrow.get_gid()).startswith("bias"):
                path = arrow.get_path().transformed(panel.transData)
                (start, end) = path.vertices[0], path.vertices[1]
                for letter, box in boxes.items():
                    assert not any(
                        box.contains(*(start + (end - start) * step / 400)) for step in range(401)
                    ), letter


@settings(max_examples=15)
@given(convs(most=3))
def test_as_many_arrows_as_connections_and_a_look_for_each_weight(conv: Conv) -> None:
    try:
        picture = arrows(conv)
    except ValueError as refused:
        said = str(refused)
    else:
        said = ""
    assert not said or "a smaller input works" in said
    assume(not said)
    check_arrows(picture, conv)


@given(convs())
def test_the_wires_are_those_of_the_real_layer(conv: Conv) -> None:
    shared = conv.shared()
    layer = SharedConv(
        shared.ndim,
        shared.in_channels,
        shared.filters,
        shared.kernel_size,
        shared.stride,
        shared.padding,
        shared.dilation,
        shared.groups,
        bool(shared.bias),
    )
    real = conv_matrix(layer, tuple(size or 0 for size in shared.input_size))
    columns = {source: column for column, source in enumerate(sources(shared))}
    ours = torch.full(real.matrix.shape, -1)
    for wire in wires(shared, shared):
        if not is_padding(shared, wire.source):
            ours[wire.target, columns[wire.source]] = wire.weight
    theirs = torch.full(real.matrix.shape, -1)
    rows = torch.repeat_interleave(real.matrix.crow_indices().diff())
    theirs[rows, real.matrix.col_indices()] = real.entries
    assert torch.equal(ours, theirs)


@given(convs())
def test_wires_and_biases_use_every_parameter_as_often_as_it_is_connected(conv: Conv) -> None:
    for kind in ways_of(conv).values():
        found = list(wires(kind, conv))
        biases = [bias_of(kind, conv, target) for target in range(outputs(conv))]
        weights, count = {wire.weight for wire in found}, kind.count()
        assert weights == set(range(count.role("kernel").total))
        assert {each for each in biases if each is not None} == set(range(count.role("bias").total))
        assert len(found) + sum(each is not None for each in biases) == connections(kind).total


def test_keras_pads_same_with_a_stride_as_it_is_drawn() -> None:
    import keras

    conv = Conv(1, 1, 3, 2, "same", ndim=1, input_size=6)
    layer = keras.layers.Conv1D(1, 3, 2, "same", use_bias=False)
    layer.build((None, 6, 1))
    layer.set_weights([torch.tensor([1.0, 10.0, 100.0]).reshape(3, 1, 1).numpy()])
    ours = torch.zeros(3, 6)
    for wire in wires(conv, conv):
        if not is_padding(conv, wire.source):
            ours[wire.target, wire.source[1]] = 10.0**wire.weight
    theirs = layer(torch.eye(6).reshape(6, 6, 1)).detach().squeeze(-1).T
    assert torch.equal(ours, theirs.cpu())


def test_a_layer_of_pytorch_is_drawn_like_its_kind() -> None:
    drawn = arrows(torch.nn.Conv1d(1, 1, 3), 7)
    assert alternative(drawn) == alternative(arrows(QUESTION))
    assert "1 × kernel length 3 × in_channels 1 + filters 1 = 4 parameters" in alternative(drawn)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Conv(1, 1, 3, ndim=1), "needs the size of the input"),
        (Conv(1, 1, 3, ndim=1, input_size=100), "100 inputs and 98 outputs, and 13 of each"),
        (Conv(5, 9, 1, ndim=1, input_size=1), "the shared layer has 45 weights and 9 biases"),
        (Conv(1, 1, 3, ndim=1, transposed=True, input_size=4), "transposed"),
        (torch.nn.Conv1d(1, 1, 3, padding=1, padding_mode="circular"), "only padding with zeros"),
    ],
)
def test_what_cant_be_drawn_is_one_sentence(layer: object, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        arrows(layer)
    assert "\n" not in str(refused.value)


def test_what_is_no_convolution_is_refused() -> None:
    with pytest.raises(TypeError, match="a Linear can't be drawn so"):
        arrows(torch.nn.Linear(3, 4))
    with pytest.raises(ValueError, match="it takes some of shared, unshared, dense"):
        arrows(QUESTION, ways=("tied",))


def test_nothing_huge_is_made_before_it_is_refused() -> None:
    huge = Conv(1, 1, 3, ndim=2, input_size=10**9)
    with pytest.raises(ValueError, match="a smaller input works"):
        arrows(huge)
    with pytest.raises(ValueError, match="a smaller input works"):
        matrix(huge)
