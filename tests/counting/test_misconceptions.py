"""Wrong numbers that people wrote, and wrong numbers made on purpose: is the slip recognised?

The wrong numbers here never come from our own edits: they were written by people, worked out by
hand, or counted on the tensors of the real layer that somebody who made the slip has in mind.
"""

from typing import Any, NamedTuple

import pytest
import torch
from counting.configurations import TORCH_CONVS, Configuration, torch_convs
from hypothesis import assume, given, settings, strategies as st
from torch import nn

from sharedconv.counting import (
    MISCONCEPTIONS,
    BatchNorm,
    Conv,
    Count,
    Dense,
    Diagnosis,
    LocalConv,
    Misconception,
    PositionBias,
    diagnose,
)

BY_SLUG = {each.slug: each for each in MISCONCEPTIONS}
OF_OTHER_KINDS = {
    "gates-forgotten",
    "forgot-recurrent-kernel",
    "forgot-direction",
    "forgot-output-kernel",
    "double-bias-torch-rnn",
    "framework-default-differs",
    "non-trainable-statistics",
    "depthwise-taken-for-full",
    "forgot-depthwise-kernel",
    "forgot-pointwise-kernel",
    "other-number-of-gates",
    "forgot-norm",
    "counted-shared-twice",
}
SLUGS_OF_THE_DESIGN = {
    # DESIGN.md, section 4: those that concern convolutions
    "forgot-bias",
    "forgot-in-channels",
    "forgot-filters",
    "unshared-per-position",
    "bias-per-position",
    "bias-per-channel",
    "double-bias",
    "forgot-groups",
    "counted-spatial-size",
    "counted-stride",
    "kernel-one-dimensional",
}

Kind = Conv | Dense


def slugs(kind: Kind, expected: int) -> list[set[str]]:
    return [set(each.slugs) for each in diagnose(kind.count(), expected)]


# -- numbers that people wrote --------------------------------------------------------------------


class Wrote(NamedTuple):
    """Somebody expected `wrong` where the layer has `right`."""

    kind: Kind
    right: int
    wrong: int
    first: set[str]
    source: str


QUESTION = "the question itself, shared/seed/question.txt"
ON_32_CHANNELS = "https://www.codegur.com/44608552"
ON_128 = "a practice question on crucialexams.com: a 'same' layer without biases on 128×128×3"
PEOPLE_WROTE = [
    Wrote(
        Conv(1, 1, (3, 3), padding="same", input_size=(100, 100)), 10, 9, {"forgot-bias"}, QUESTION
    ),
    Wrote(Conv(1, 10, (5, 5), input_size=(100, 100)), 260, 250, {"forgot-bias"}, QUESTION),
    Wrote(
        Conv(3, 32, (3, 3)),
        896,
        288,
        {"forgot-bias", "forgot-in-channels"},
        "https://www.exchangetuts.com/"
        "understanding-number-of-parameters-in-keras-conv2d-layer-1640295604538227",
    ),
    # VGG-16's first convolution
    Wrote(Conv(3, 64, (3, 3), padding=1), 1_792, 1_728, {"forgot-bias"}, "the issue's list"),
    # The record names only the two numbers. 20 biases twice is the one reading of them as a
    # single convolution: 20 filters with 192 weights each, here 8×8×3.
    Wrote(Conv(3, 20, (8, 8)), 3_860, 3_880, {"double-bias"}, "the issue's list"),
    Wrote(Conv(32, 64, (5, 5)), 51_264, 1_664, {"forgot-in-channels"}, ON_32_CHANNELS),
    Wrote(
        Conv(3, 64, (5, 5), padding="same", bias=False, input_size=(128, 128)),
        4_800,
        1_600,
        {"forgot-in-channels"},
        ON_128,
    ),
    Wrote(
        Conv(3, 64, (5, 5), padding="same", bias=False, input_size=(128, 128)),
        4_800,
        78_643_200,
        {"unshared-per-position"},
        ON_128,
    ),
    Wrote(
        Conv(100, 128, 5, ndim=1),
        64_128,
        3_328,
        {"forgot-in-channels", "kernel-two-dimensional"},
        "https://www.52sbl.cn/discussion/111209",
    ),
    Wrote(
        Conv(3, 8, (5, 5)),
        608,
        208,
        {"forgot-in-channels"},
        "Andrew Ng's slide, in https://forums.fast.ai/t/number-of-parameters-in-conv-layer/62595",
    ),
]


@pytest.mark.parametrize("wrote", PEOPLE_WROTE, ids=lambda w: f"{w.wrong} for {w.right}")
def test_a_number_that_somebody_wrote_is_recognised(wrote: Wrote) -> None:
    assert int(wrote.kind.count()) == wrote.right
    found = diagnose(wrote.kind.count(), wrote.wrong)
    assert set(found[0].slugs) == wrote.first
    # whatever else would explain it is no larger, and explains it too
    assert {len(each.slugs) for each in found} == {len(wrote.first)}
    assert {each.number for each in found} == {wrote.wrong}


def test_what_may_be_one_slip_or_another_is_named_as_both() -> None:
    """288 for 896: on three channels with a kernel of three, the number can't tell which."""
    assert slugs(Conv(3, 32, (3, 3)), 288) == [
        {"forgot-bias", "forgot-in-channels"},
        {"forgot-bias", "kernel-one-dimensional"},
    ]


@pytest.mark.parametrize(
    ("kind", "right", "number"),
    [
        # the second listing of the question: the table under it belongs to other code
        (Conv(1, 60, (3, 3), input_size=(100, 100)), 600, 260),
        # ON_128 offers it among its answers; it is the double of the right one, and no slip
        # that anybody is known to make doubles a kernel
        (
            Conv(3, 64, (5, 5), padding="same", bias=False, input_size=(128, 128)),
            4_800,
            9_600,
        ),
        (Conv(1, 10, (5, 5), input_size=(100, 100)), 260, 261),
        (Conv(1, 10, (5, 5), input_size=(100, 100)), 260, 0),
        (Conv(1, 10, (5, 5), input_size=(100, 100)), 260, -260),
        (Conv(1, 10, (5, 5), input_size=(100, 100)), 260, 10**60),
    ],
)
def test_a_number_that_nothing_explains_is_not_recognised(
    kind: Conv, right: int, number: int
) -> None:
    assert int(kind.count()) == right
    assert diagnose(kind.count(), number) == []


def test_larger_explanations_are_looked_for_only_as_far_as_asked() -> None:
    count = Conv(3, 32, (3, 3)).count()
    assert diagnose(count, 288, at_most=1) == []
    assert [each.slugs for each in diagnose(count, 288, at_most=2)]
    # 32 × 3: without the bias, without the channels, and of each kernel one row
    assert {len(each.slugs) for each in diagnose(count, 96, at_most=3)} == {3}
    assert diagnose(count, 96, at_most=2) == []
    # unless it is asked for, three are none: they explain nearly any number
    assert diagnose(count, 96) == []


# -- every misconception, alone ------------------------------------------------------------------

SMALL = Conv(2, 5, (3, 7), input_size=(9, 11))  # 5 × 3 × 7 × 2 + 5 = 215; output 7×5
GROUPED = Conv(6, 4, (3, 3), groups=2)  # 4 × 3 × 3 × 3 + 4 = 112
ALONE: list[tuple[str, Kind, int, int]] = [
    ("one-bias-for-all", Conv(3, 8, (3, 3)), 224, 217),
    # slug, layer, its number, the number with the slip; all worked out by hand
    ("forgot-bias", SMALL, 215, 210),
    ("forgot-bias", Dense(7, 3), 24, 21),
    ("expected-bias", SMALL.replace(bias=False), 210, 215),
    ("expected-bias", Dense(7, 3, bias=False), 21, 24),
    ("forgot-in-channels", SMALL, 215, 110),  # 5 × 3 × 7 + 5
    ("forgot-in-channels", GROUPED, 112, 40),  # 4 × 3 × 3 + 4
    ("forgot-filters", SMALL, 215, 43),  # 3 × 7 × 2 + 1
    ("forgot-filters", SMALL, 215, 47),  # 3 × 7 × 2 + 5
    ("unshared-per-position", SMALL, 215, 7_355),  # 210 × 7 × 5 + 5
    ("taken-for-shared", SMALL.unshared(), 7_525, 385),  # 210 + 5 × 35; 35 × 215 unshared
    ("bias-per-position", SMALL, 215, 385),  # 210 + 5 × 7 × 5
    ("bias-taken-for-shared", SMALL.unshared(), 7_525, 7_355),  # 210 × 35 + 5
    ("bias-per-channel", SMALL, 215, 220),  # 210 + 5 × 2
    ("double-bias", Conv(4, 5, (3, 7)), 425, 430),  # 420 + 5 + 5
    ("double-bias", Dense(7, 3), 24, 27),
    ("forgot-groups", GROUPED, 112, 220),  # 4 × 3 × 3 × 6 + 4
    ("forgot-groups", GROUPED, 112, 58),  # 2 × 3 × 3 × 3 + 4
    ("counted-spatial-size", SMALL, 215, 995),  # 5 × 9 × 11 × 2 + 5
    ("counted-stride", SMALL.replace(stride=(2, 3)), 215, 1_265),  # 210 × 2 × 3 + 5
    ("counted-stride", SMALL.replace(stride=(2, 3)), 215, 217),
    ("counted-padding", SMALL.replace(padding=(1, 2)), 215, 555),  # 5 × 5 × 11 × 2 + 5
    ("counted-padding", SMALL.replace(padding=(1, 2)), 215, 217),
    ("counted-padding", SMALL.replace(padding="same"), 215, 655),  # 5 × 5 × 13 × 2 + 5
    ("kernel-one-dimensional", SMALL, 215, 35),  # 5 × 3 × 2 + 5
    ("kernel-one-dimensional", SMALL, 215, 75),  # 5 × 7 × 2 + 5
    ("kernel-one-dimensional", Conv(1, 1, (2, 3, 5)), 31, 6),  # 5 + 1
    ("kernel-two-dimensional", Conv(2, 3, 5, ndim=1), 33, 153),  # 3 × 5 × 5 × 2 + 3
    # 7 × 5 positions of 215 numbers
    ("forgot-last-place", SMALL.unshared(), 7_525, 6 * 4 * 215),
    ("one-side-of-the-positions", SMALL.unshared(), 7_525, 7 * 215),
    ("one-side-of-the-positions", SMALL.unshared(), 7_525, 5 * 215),
    ("every-pixel-a-position", SMALL.unshared(), 7_525, 9 * 11 * 215),
    ("every-pixel-a-position", Conv(1, 1, (3, 3), input_size=(10, 10)).unshared(), 640, 1_000),
    ("divided-by-the-stride", Conv(32, 32, (3, 3), stride=2), 9_248, 4_624),
    ("divided-by-the-stride", Conv(32, 32, (3, 3), stride=2), 9_248, 2_312),
    ("biases-of-one-group", GROUPED, 112, 110),  # 4 × 3 × 3 × 3 + 2
]


@pytest.mark.parametrize(("slug", "kind", "right", "wrong"), ALONE)
def test_each_slip_is_recognised_alone(slug: str, kind: Kind, right: int, wrong: int) -> None:
    assert int(kind.count()) == right
    assert {slug} in slugs(kind, wrong)


def test_no_misconception_is_left_out_above() -> None:
    """Those of the other kinds have a table of their own."""
    assert {slug for slug, *_ in ALONE} == set(BY_SLUG) - OF_OTHER_KINDS


# -- every misconception, on random layers, against real tensors ---------------------------------


def parameters(layer: nn.Module) -> int:
    return sum(each.numel() for each in layer.parameters())


def slips_on_tensors(configuration: Configuration) -> list[tuple[str, int]]:
    """What each slip makes of a convolution, counted on the tensors that it leads to.

    Who forgets the channels has in mind the layer for one channel; who counts the image's size
    has in mind a kernel of that size; and so on.
    """

    def imagined(ndim: int | None = None, **changes: Any) -> nn.Module:
        arguments = {**configuration.torch_arguments(), "padding": 0, **changes}
        for each in ("stride", "dilation"):  # one number for any number of dimensions
            arguments[each] = 1
        layer: nn.Module = TORCH_CONVS[ndim or configuration.ndim, False](
            **arguments, device="meta"
        )
        return layer

    c, layer = configuration, configuration.torch()
    image = torch.empty(1, c.in_channels, *c.size, device="meta")
    output = layer(image)[0]
    weight: torch.Tensor = layer.get_parameter("weight")
    bias = layer.get_parameter("bias") if c.bias else weight[:0]
    kernel, total = weight.numel(), parameters(layer)
    a_group = imagined(
        in_channels=c.in_channels // c.groups, out_channels=c.filters // c.groups, groups=1
    )
    slips = [
        ("forgot-in-channels", parameters(imagined(in_channels=c.groups))),
        ("forgot-filters", weight[0].numel() + bias[:1].numel()),
        ("forgot-filters", weight[0].numel() + bias.numel()),
        (
            "unshared-per-position",
            weight.expand(output[0].numel(), *weight.shape).numel() + bias.numel(),
        ),
        ("forgot-groups", parameters(imagined(groups=1))),
        ("forgot-groups", a_group.get_parameter("weight").numel() + bias.numel()),
        ("counted-spatial-size", parameters(imagined(kernel_size=c.size))),
    ]
    if c.bias:
        every_pair = nn.Linear(c.in_channels // c.groups, c.filters, device="meta")
        slips += [
            ("forgot-bias", kernel),
            ("bias-per-position", kernel + output.numel()),
            ("double-bias", total + bias.numel()),
        ]
        if c.in_channels > c.groups:
            slips.append(("bias-per-channel", kernel + every_pair.weight.numel()))
    else:
        slips.append(("expected-bias", parameters(imagined(bias=True))))
    if max(c.stride) > 1:
        strided = weight.reshape(-1)
        for step in c.stride:
            strided = strided.repeat(step)
        slips += [
            ("counted-stride", strided.numel() + bias.numel()),
            ("counted-stride", total + len(c.stride)),
        ]
    if isinstance(c.padding, tuple) and max(c.padding) > 0:
        padded = torch.nn.functional.pad(
            weight, [side for p in reversed(c.padding) for side in (p, p)]
        )
        slips += [
            ("counted-padding", padded.numel() + bias.numel()),
            ("counted-padding", total + len(c.padding)),
        ]
    if c.ndim == 1:
        slips.append(("kernel-two-dimensional", parameters(imagined(2))))
    else:
        for size in c.kernel_size:
            slips.append(("kernel-one-dimensional", parameters(imagined(1, kernel_size=size))))
    return [(slug, number) for slug, number in slips if number != total]


@settings(max_examples=200)
@given(torch_convs(transposed=False, most_channels=12, most_extra=12))
def test_each_slip_on_a_random_layer_is_recognised(configuration: Configuration) -> None:
    count = configuration.kind().count()
    for slug, number in slips_on_tensors(configuration):
        found = diagnose(count, number)
        assert [slug] in [list(each.slugs) for each in found], (slug, number)
        assert {len(each.slugs) for each in found} == {1}
        assert {each.number for each in found} == {number}


def test_where_only_the_bias_is_unshared_it_is_said_of_the_bias() -> None:
    # LeCun 1989, H1: 12 kernels of 5 × 5 for all positions, a bias at each of 8 × 8
    kernel = Conv(1, 12, (5, 5), stride=2, padding=2, bias=False, input_size=(16, 16))
    count = kernel.count() + PositionBias(12, (8, 8)).count()
    assert int(count) == 1_068
    assert [each.slugs for each in diagnose(count, 300 + 12)] == [("bias-taken-for-shared",)]


@pytest.mark.parametrize(
    ("layer", "expected", "slip"),
    [
        # nothing is left over, or nobody divides
        (Conv(3, 7, (3, 3), stride=2), 98, "divided-by-the-stride"),
        (Conv(3, 8, (3, 3)), 112, "divided-by-the-stride"),
        # along a sequence there is one side only
        (Conv(1, 1, (3,), input_size=(8,)).unshared(), 4, "one-side-of-the-positions"),
        # a transposed layer writes at every place of its input
        (Conv(1, 1, (3,), transposed=True, input_size=(8,)).unshared(), 21, "forgot-last-place"),
    ],
)
def test_a_slip_that_can_t_happen_is_not_named(layer: Conv, expected: int, slip: str) -> None:
    count = layer.count()
    assert all(int(each) == int(count) for each in BY_SLUG[slip].edit(count))
    assert {slip} not in slugs(layer, expected)


@given(torch_convs(most_channels=6, most_extra=4))
def test_an_unshared_layer_taken_for_shared_is_recognised(configuration: Configuration) -> None:
    local = configuration.kind().unshared()
    layer = configuration.torch()
    image = torch.empty(1, configuration.in_channels, *configuration.size, device="meta")
    biases = layer(image).numel() if configuration.bias else 0
    wrong = layer.get_parameter("weight").numel() + biases
    assume(wrong != int(local.count()))
    assert {"taken-for-shared"} in slugs(local, wrong)


@given(torch_convs(transposed=True, most_channels=6, most_extra=4))
def test_a_transposed_layer_taken_for_unshared_is_recognised(configuration: Configuration) -> None:
    """A kernel for each place of its input, as LocalConvTranspose has it, or of its output."""
    count = configuration.kind().count()
    layer = configuration.torch()
    image = torch.empty(1, configuration.in_channels, *configuration.size, device="meta")
    kernel = layer.get_parameter("weight").numel()
    for places in (image[0, 0].numel(), layer(image)[0, 0].numel()):
        wrong = places * kernel + (configuration.filters if configuration.bias else 0)
        if wrong != int(count):
            assert {"unshared-per-position"} in [set(e.slugs) for e in diagnose(count, wrong)]


def test_an_unshared_transposed_layer_is_diagnosed_like_any_other() -> None:
    """Its positions are called as the image is, and neither is taken for the other."""
    kind = Conv(2, 3, (5, 7), transposed=True, input_size=(4, 6)).unshared()
    kernel, bias = 4 * 6 * 3 * 5 * 7 * 2, 8 * 12 * 3
    assert int(kind.count()) == kernel + bias
    assert {"forgot-bias"} in slugs(kind, kernel)
    assert {"counted-spatial-size"} in slugs(kind, 4 * 6 * 3 * 4 * 6 * 2 + bias)
    assert {"taken-for-shared"} in slugs(kind, 3 * 5 * 7 * 2 + 3)
    assert {"taken-for-shared"} in slugs(kind, 3 * 5 * 7 * 2 + bias)
    assert {"expected-bias"} in slugs(kind.replace(bias=False), kernel + bias)
    assert {"expected-bias"} in slugs(kind.replace(bias=False), kernel + 3)
    assert {"bias-per-position"} in slugs(kind.replace(bias="channel"), kernel + bias)


@settings(max_examples=200)
@given(torch_convs(most_channels=12), st.sampled_from(MISCONCEPTIONS))
def test_whatever_an_edit_leads_to_is_recognised_as_that_edit(
    configuration: Configuration, slip: Misconception
) -> None:
    """Transposed layers too, and every way in which one and the same slip is made."""
    count = configuration.kind().count()
    for edited in slip.edit(count):
        if int(edited) == int(count):
            continue
        found = diagnose(count, int(edited))
        assert (slip.slug,) in [each.slugs for each in found]
        assert {len(each.slugs) for each in found} == {1}
        assert {each.number for each in found} == {int(edited)}
        # one slip is named once, in however many ways it leads there
        assert len({each.slugs for each in found}) == len(found)


OF_CONVOLUTIONS = [each for each in MISCONCEPTIONS if each.slug not in OF_OTHER_KINDS]


@settings(max_examples=100)
@given(torch_convs(transposed=False, most_channels=8, most_extra=8), st.data())
def test_slips_made_together_are_explained_by_no_more_slips(
    configuration: Configuration, data: st.DataObject
) -> None:
    count = wrong = configuration.kind().count()
    slips: list[int] = []
    for _ in range(data.draw(st.integers(2, 3))):
        # in the list's order, as a person would say them
        later = range(slips[-1] + 1 if slips else 0, len(OF_CONVOLUTIONS))
        ways = {place: [*OF_CONVOLUTIONS[place].edit(wrong)] for place in later}
        changed = {
            place: each
            for place, found in ways.items()
            for each in reversed(found)
            if int(each) != int(wrong)
        }
        if changed:
            slips.append(data.draw(st.sampled_from(sorted(changed))))
            wrong = changed[slips[-1]]
    assume(int(wrong) != int(count))
    found = diagnose(count, int(wrong), at_most=3)
    assert found
    assert len(found[0].slugs) <= len(slips)
    assert {len(each.slugs) for each in found} == {len(found[0].slugs)}
    assert {each.number for each in found} == {int(wrong)}


@given(torch_convs(), st.integers(1, 10**6))
def test_the_right_number_and_numbers_far_off_are_no_slip(
    configuration: Configuration, far: int
) -> None:
    count = configuration.kind().count()
    assert diagnose(count, parameters(configuration.torch())) == []
    # beyond whatever three products of sizes such as these can reach
    assert diagnose(count, 10**40 + far) == []
    assert diagnose(count, -far) == []


def test_there_is_nothing_to_diagnose_in_a_layer_without_kernel_or_bias() -> None:
    assert diagnose(Count(), 3) == []
    assert diagnose(BatchNorm(64).count(), 3) == []


# -- the remedy ----------------------------------------------------------------------------------


@given(torch_convs())
def test_the_remedy_gives_the_expected_number_in_earnest(configuration: Configuration) -> None:
    """Counted by the real layer of torch, made anew as the remedy says."""
    other = parameters(
        TORCH_CONVS[configuration.ndim, configuration.transposed](
            **{**configuration.torch_arguments(), "bias": not configuration.bias}, device="meta"
        )
    )
    slug = "forgot-bias" if configuration.bias else "expected-bias"
    kind = configuration.kind()
    (found,) = [each for each in diagnose(kind.count(), other) if each.slugs == (slug,)]
    assert found.remedy == {"bias": not configuration.bias}
    assert int(kind.replace(**found.remedy).count()) == other


def test_there_is_no_remedy_where_one_of_the_slips_has_none() -> None:
    for kind, number in ((Conv(3, 32, (3, 3)), 288), (Conv(32, 64, (5, 5)), 1_664)):
        for found in diagnose(kind.count(), number):
            assert found.remedy == {}


# -- what is said --------------------------------------------------------------------------------


def test_every_misconception_has_a_name_of_its_own() -> None:
    assert len(BY_SLUG) == len(set(MISCONCEPTIONS)) == len(MISCONCEPTIONS)
    assert set(BY_SLUG) >= SLUGS_OF_THE_DESIGN
    for slug in BY_SLUG:
        assert slug == slug.lower().strip("-")
        assert slug.replace("-", "").isalpha()


@pytest.mark.parametrize("slip", MISCONCEPTIONS, ids=lambda slip: slip.slug)
def test_every_misconception_is_written_out(slip: Misconception) -> None:
    # completes "250 ...", so it starts small and ends without a full stop
    assert slip.says
    assert slip.says[0].islower()
    assert slip.says[-1].isalnum()
    assert slip.reason[0].isupper()
    assert slip.reason.endswith(".")
    assert slip.question[0].isupper()
    assert slip.question.endswith("?")
    for words in (slip.says, slip.reason.replace("{filter}", "filter"), slip.question):
        assert not set("{}\n") & set(words)
        assert "  " not in words


def diagnoses_of_the_tables() -> list[tuple[str, Diagnosis]]:
    asked = [(kind, wrong) for _, kind, _, wrong in ALONE]
    asked += [(each.kind, each.wrong) for each in PEOPLE_WROTE]
    return [
        (type(kind).__name__, found)
        for kind, wrong in asked
        for found in diagnose(kind.count(), wrong)
    ]


def test_every_diagnosis_is_a_sentence_with_the_number_and_the_reasons() -> None:
    for kind, found in diagnoses_of_the_tables():
        assert found.sentence.startswith(f"{found.number:,} ")
        assert found.sentence.endswith(".")
        assert not set("{}\n") & set(found.sentence)
        for slip in found.misconceptions:
            assert slip.says in found.sentence
            assert slip.reason.split("{")[0] in found.sentence
        if kind == "Dense":  # a dense layer has units, and no filters
            assert "filter" not in found.sentence


def test_the_sentence_of_the_question() -> None:
    """What the asker is told about 250."""
    (found,) = diagnose(Conv(1, 10, (5, 5), input_size=(100, 100)).count(), 250)
    assert found.sentence == (
        "250 leaves out the bias. Besides its weights, each filter learns one number more, the "
        "bias, and adds it to its result."
    )
    assert found.number == 250
    assert found.remedy == {"bias": False}
    assert found.count.formula() == (
        "filters 10 × kernel height 5 × kernel width 5 × in_channels 1 = 250"
    )


def test_a_frozen_layer_and_an_unshared_one_are_diagnosed_like_any_other() -> None:
    frozen = Conv(1, 10, (5, 5)).count().frozen()
    assert [each.slugs for each in diagnose(frozen, 250)] == [("forgot-bias",)]
    local = LocalConv(1, 1, (3, 3), input_size=(28, 28))
    assert slugs(local, 6_084) == [{"forgot-bias"}]


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (Conv(1, 7, (3, 3)), 64),  # 7 × 3 × 3 + 1
        (Conv(8, 8, (3, 3), groups=8), 136),  # 8 × 3 × 3 + 8 × 8
    ],
)
def test_a_filter_that_sees_one_channel_has_one_bias_for_each(layer: Conv, expected: int) -> None:
    assert not [*BY_SLUG["bias-per-channel"].edit(layer.count())]
    assert not any("bias-per-channel" in each.slugs for each in diagnose(layer.count(), expected))


def test_a_filter_in_a_group_sees_the_channels_of_its_group() -> None:
    (edited,) = BY_SLUG["bias-per-channel"].edit(GROUPED.count())
    assert edited.total == 120  # 108 + 4 × 3


@pytest.mark.parametrize(
    ("bias", "word"), [(True, "filter at each position"), ("channel", "filter")]
)
def test_what_has_a_bias_is_a_filter_or_a_filter_at_each_position(
    bias: bool | str, word: str
) -> None:
    count = SMALL.unshared().replace(bias=bias).count()
    slips = BY_SLUG["forgot-bias"], BY_SLUG["double-bias"]
    forgot, twice = (
        Diagnosis((slip,), edited, count) for slip in slips for edited in slip.edit(count)
    )
    assert f"each {word} learns one number more, the bias, and adds it" in forgot.sentence
    assert f"There is one bias for each {word}, and no second one." in twice.sentence
