"""`Term` and `Count` as values: what they say, how they add up, and what they refuse to be."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from sharedconv.counting import BatchNorm, Conv, Count, Dense, LocalConv, Term

KERNEL = Term("kernel", {"filters": 10, "kernel height": 5, "kernel width": 5, "in_channels": 1})
BIAS = Term("bias", {"filters": 10})
QUESTION = Count([KERNEL, BIAS])
"""Conv2D(10, 5) on one channel, built by hand."""
STATISTICS = Term("statistic", {"moving mean and variance": 2, "channels": 64}, trainable=False)


# -- what a count says: DESIGN.md's example, letter by letter -------------------------------------


def test_the_layer_of_the_question_gives_the_count_that_was_built_by_hand() -> None:
    assert Conv(in_channels=1, filters=10, kernel_size=(5, 5)).count() == QUESTION


def test_the_table() -> None:
    """DESIGN.md, section 1."""
    assert str(QUESTION) == (
        "kernel   filters 10 × kernel height 5 × kernel width 5 × in_channels 1   = 250\n"
        "bias     filters 10                                                      =  10\n"
        "                                                                   total = 260"
    )


def test_the_table_of_a_term_shorter_than_the_word_total() -> None:
    lines = str(Count([Term("b", {"a": 3})])).split("\n")
    assert [line.rstrip().endswith("= 3") for line in lines] == [True, True]
    assert len({line.index("=") for line in lines}) == 1


def test_the_formula() -> None:
    assert QUESTION.formula() == (
        "filters 10 × kernel height 5 × kernel width 5 × in_channels 1 + filters 10 = 260"
    )
    assert QUESTION.arithmetic() == "10 × 5 × 5 × 1 + 10 = 260"
    assert KERNEL.formula() == "filters 10 × kernel height 5 × kernel width 5 × in_channels 1"
    assert repr(QUESTION) == f"Count({QUESTION.formula()})"


def test_the_words() -> None:
    assert QUESTION.words() == (
        "The kernel has 10 (filters) × 5 (kernel height) × 5 (kernel width) × 1 (in_channels) "
        "= 250; the bias has 10 (filters); together 260."
    )
    assert Count([BIAS]).words() == "The bias has 10 (filters)."
    assert Count([STATISTICS]).words() == (
        "The statistic (not trainable) has 2 (moving mean and variance) × 64 (channels) = 128."
    )


def test_the_table_of_a_notebook() -> None:
    assert QUESTION._repr_markdown_() == (
        "| part | factors | parameters |\n"
        "| --- | --- | ---: |\n"
        "| kernel | filters 10 × kernel height 5 × kernel width 5 × in_channels 1 | 250 |\n"
        "| bias | filters 10 | 10 |\n"
        "| **total** | | **260** |"
    )


def test_large_numbers_are_written_as_people_write_them() -> None:
    """VGG-16's first dense layer."""
    count = Dense(25_088, 4_096).count()
    assert count.arithmetic() == "4,096 × 25,088 + 4,096 = 102,764,544"
    assert "= 102,760,448" in str(count)


def test_what_is_not_trainable_is_marked() -> None:
    assert str(Count([STATISTICS])).startswith("statistic (not trainable)   ")
    assert "| statistic (not trainable) |" in Count([STATISTICS])._repr_markdown_()


def test_nothing_to_count() -> None:
    empty = Count()
    assert int(empty) == 0
    assert empty.formula() == "no parameters = 0"
    assert empty.arithmetic() == "0"
    assert empty.words() == "There is nothing to learn here: 0 parameters."
    assert str(empty) == "no parameters, total = 0"
    assert "**0**" in empty._repr_markdown_()


def test_a_product_of_nothing_is_one() -> None:
    assert Term("bias", {}).size == 1
    assert Count([Term("bias", {})]).formula() == "1 = 1"


# -- numbers -------------------------------------------------------------------------------------


def test_a_count_is_used_as_an_integer() -> None:
    assert int(QUESTION) == 260
    assert QUESTION.total == 260
    assert list(range(300))[QUESTION] == 260
    assert type(int(QUESTION)) is int


@pytest.mark.parametrize(
    ("kind", "total", "trainable"),
    [
        # by hand: 2 × 64 learned, 2 × 64 kept
        (BatchNorm(64, statistics=True), 256, 128),
        (BatchNorm(64), 128, 128),
        (Conv(3, 8, (3, 3)), 224, 224),
    ],
)
def test_trainable_and_non_trainable(kind: BatchNorm | Conv, total: int, trainable: int) -> None:
    count = kind.count()
    assert (int(count), int(count.trainable), int(count.non_trainable)) == (
        total,
        trainable,
        total - trainable,
    )
    assert (int(count.frozen()), int(count.frozen().trainable)) == (total, 0)


def test_the_part_with_a_role() -> None:
    assert int(QUESTION.role("bias")) == 10
    assert QUESTION.role("bias") == Count([BIAS])
    assert QUESTION.role("scale") == Count()


def test_integers_are_exact_beyond_64_bits() -> None:
    size = 2**64 + 1
    count = Dense(size, size).count()
    # worked out with bc: (2^64 + 1) * (2^64 + 1) + 2^64 + 1
    assert int(count) == 340282366920938463518714839652896866306
    assert "340,282,366,920,938,463,518,714,839,652,896,866,306" in count.formula()


@pytest.mark.parametrize(
    "say", [str, repr, Count.formula, Count.arithmetic, Count.words, Count._repr_markdown_]
)
def test_a_number_too_long_for_python_to_write_out_is_still_said(
    say: Callable[[Count], str],
) -> None:
    """Python writes integers of up to 4,300 digits; beyond, hexadecimal is exact as well."""
    count = Count([Term("kernel", {"units": 16**5000}), BIAS])
    assert int(count) == 16**5000 + 10
    assert "1" + "0" * 4999 + "a" in say(count)


@given(st.lists(st.dictionaries(st.text(max_size=3), st.integers(0, 2**70), max_size=4)))
def test_a_count_is_the_sum_of_the_products(products: list[dict[str, int]]) -> None:
    total = 0
    for factors in products:
        one = 1
        for size in factors.values():
            one *= size
        total += one
    assert int(Count(Term("kernel", factors) for factors in products)) == total


# -- adding up, comparing ------------------------------------------------------------------------


def test_counts_add_up() -> None:
    both = QUESTION + Count([STATISTICS])
    assert both.terms == (KERNEL, BIAS, STATISTICS)
    assert int(both) == 388
    assert int(both.trainable) == 260
    assert sum([QUESTION, QUESTION, QUESTION]) == QUESTION + QUESTION + QUESTION
    assert int(sum([QUESTION, QUESTION], Count())) == 520
    assert sum([QUESTION]) == QUESTION


@pytest.mark.parametrize("other", [1, 260, None, "260", [BIAS]])
def test_a_count_adds_only_to_counts(other: Any) -> None:
    with pytest.raises(TypeError):
        QUESTION + other
    with pytest.raises(TypeError):
        other + QUESTION


def test_equal_counts_have_equal_terms() -> None:
    again = Count(
        [
            Term("kernel", dict(KERNEL.factors)),
            Term("bias", {"filters": 10}),
        ]
    )
    assert again == QUESTION
    assert hash(again) == hash(QUESTION)
    assert len({again, QUESTION}) == 1


@pytest.mark.parametrize(
    "other",
    [
        # the same number, for another reason
        Count([Term("kernel", {"units": 10, "in_features": 26})]),
        # the same terms under other names, in another order, frozen, one of them missing
        Count([KERNEL, Term("bias", {"units": 10})]),
        Count([BIAS, KERNEL]),
        QUESTION.frozen(),
        Count([KERNEL]),
        260,
        "260",
        None,
    ],
)
def test_counts_of_the_same_size_are_not_equal_for_that(other: object) -> None:
    assert other != QUESTION


def test_what_stands_beside_a_product_is_no_part_of_it() -> None:
    strided = Term("bias", {"filters": 10}, beside={"stride height": 2})
    assert strided == BIAS
    assert hash(strided) == hash(BIAS)
    assert strided.size == 10


def test_the_order_of_the_factors_is_part_of_what_a_term_says() -> None:
    assert Term("kernel", {"a": 2, "b": 3}) != Term("kernel", {"b": 3, "a": 2})


# -- the small steps that slips are made of ------------------------------------------------------


def test_a_term_with_a_factor_left_out_or_put_in_or_exchanged() -> None:
    assert KERNEL.without("in_channels", "filters").factors == {
        "kernel height": 5,
        "kernel width": 5,
    }
    assert KERNEL.without("no such factor") == KERNEL
    more = BIAS.times({"output height": 96})
    assert (more.formula(), more.size) == ("output height 96 × filters 10", 960)
    swapped = KERNEL.swapped("kernel height", "input height", 100)
    assert list(swapped.factors) == ["filters", "input height", "kernel width", "in_channels"]
    assert swapped.size == 5_000
    assert KERNEL.size == 250


def test_an_edit_that_gives_nothing_drops_the_term() -> None:
    kept = QUESTION.edited(lambda term: None if term.role == "bias" else term)
    assert kept == Count([KERNEL])
    assert int(QUESTION) == 260


# -- values don't change -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (KERNEL, "role"),
        (KERNEL, "factors"),
        (KERNEL, "size"),
        (QUESTION, "terms"),
        (QUESTION, "anything"),
        (Conv(1, 10, (5, 5)), "filters"),
        (Dense(1, 1), "units"),
        (BatchNorm(1), "channels"),
    ],
)
def test_nothing_can_be_set_or_deleted(value: object, name: str) -> None:
    with pytest.raises(AttributeError, match="cannot be changed"):
        setattr(value, name, 3)
    with pytest.raises(AttributeError, match="cannot be changed"):
        delattr(value, name)


def test_what_a_term_was_made_from_is_copied() -> None:
    factors, terms = {"filters": 10}, [BIAS]
    term, count = Term("bias", factors), Count(terms)
    factors["filters"] = 11
    terms.append(KERNEL)
    assert (term.size, int(count)) == (10, 10)


def test_a_changed_copy_is_checked_like_a_new_one() -> None:
    conv = Conv(4, 8, (3, 3))
    assert int(conv.replace(bias=False).count()) == 288  # 8 × 3 × 3 × 4
    assert int(conv.count()) == 296
    with pytest.raises(ValueError, match="groups is 3"):
        conv.replace(groups=3)
    with pytest.raises(TypeError):
        conv.replace(strides=3)


@pytest.mark.parametrize(
    "kind",
    [
        Conv(4, 8, (3, 5), 2, "same", input_size=(9, 9)),
        Conv(4, 8, (3, 3), transposed=True, output_padding=0),
        LocalConv(4, 8, (3, 3), input_size=(9, 9), bias="channel"),
        Dense(4, 8, positions=(None, 3)),
        BatchNorm(4),
        QUESTION,
        STATISTICS,
    ],
    ids=lambda kind: type(kind).__name__,
)
def test_kinds_and_counts_are_values(kind: Any) -> None:
    for same in (kind.replace(), copy.deepcopy(kind), pickle.loads(pickle.dumps(kind))):
        assert same == kind
        assert hash(same) == hash(kind)
        assert repr(same) == repr(kind)


def test_a_shared_and_an_unshared_convolution_are_never_equal() -> None:
    shared = Conv(1, 1, (3, 3), input_size=(3, 3))
    assert shared != shared.unshared()
    assert shared.unshared() == LocalConv(1, 1, (3, 3), input_size=(3, 3))


# -- bad factors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [-1, 1.0, 2.5, True, "3", None, float("nan"), 10j, [3]])
def test_a_factor_is_a_whole_number_of_0_or_more(size: Any) -> None:
    with pytest.raises(ValueError, match="the factor 'units' of a kernel is") as refused:
        Term("kernel", {"units": size})
    assert "\n" not in str(refused.value)
