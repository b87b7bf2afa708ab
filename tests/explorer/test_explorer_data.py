"""What Python exports for the page: formulas traced from the layers' own rules, terms, trees."""

import re
from random import Random

import pytest

from sharedconv.counting import Conv, Term
from sharedconv.counting.count import Count
from sharedconv.counting.misconceptions import MISCONCEPTIONS
from sharedconv.explorer import explorer_data
from sharedconv.explorer.factors import Factors, Where
from sharedconv.explorer.sizes import sizes
from sharedconv.explorer.tracing import Symbol, traced, value


def test_a_formula_says_what_its_function_does() -> None:
    def example(a: int, b: int) -> int:
        return max(a - b, 0) * 2 + -(-a // b) % 5

    formula = traced(example, Symbol("a"), Symbol("b"))
    for a in range(20):
        for b in range(1, 20):
            assert value(formula, {"a": a, "b": b}) == example(a, b)


def test_what_is_no_arithmetic_is_not_traced() -> None:
    with pytest.raises(TypeError, match="neither a whole number nor a symbol"):
        traced(lambda a: a + 0.5, Symbol("a"))


@pytest.mark.parametrize(
    ("transposed", "padding", "extra"),
    [
        *((False, word, None) for word in ("numbers", "valid", "same", "causal")),
        *((True, word, extra) for word in ("numbers", "valid", "same") for extra in (None, 1)),
    ],
)
def test_the_sizes_are_those_of_the_layers(
    transposed: bool, padding: str, extra: int | None
) -> None:
    formulas, random, seen = sizes(transposed, padding, extra is not None), Random(7), 0
    for _ in range(300):
        named = {
            "size": random.randint(1, 30),
            "kernel": random.randint(1, 6),
            "stride": random.randint(1, 4),
            "padding": random.randint(0, 3),
            "dilation": random.randint(1, 3),
        }
        try:
            conv = Conv(
                1,
                1,
                (named["kernel"],),
                named["stride"],
                named["padding"] if padding == "numbers" else padding,
                named["dilation"],
                transposed=transposed,
                output_padding=extra,
                input_size=named["size"],
            )
        except ValueError:
            continue
        seen += 1
        known = {**named, "extra": extra or 0}
        assert (value(formulas["output"], known),) == conv.output_size()
        beside = conv.count().terms[0].beside
        assert value(formulas["padding"], known) == beside.get("padding length", 0)
    assert seen > 100


def test_a_factor_that_nobody_knows_is_not_guessed() -> None:
    where = Where(2, {"filters": 127, "kernel height": 37, "kernel width": 41})
    assert where.formula("rows", 37) == "kernel height"
    with pytest.raises(LookupError, match="'channels squared'"):
        Factors().of(Count([Term("kernel", {"channels squared": 49})]), where)


def test_every_slip_of_a_convolution_is_exported() -> None:
    """Those that a layer on an image can be counted by."""
    trees = [each["slips"] for each in explorer_data()["layers"].values()]
    slips = {int(each) for tree in trees for each in re.findall(r"\d+", tree)}
    known = {MISCONCEPTIONS[each].slug for each in slips}
    assert known >= {
        *("forgot-bias", "expected-bias", "forgot-in-channels", "forgot-filters"),
        *("unshared-per-position", "taken-for-shared", "bias-per-position", "bias-per-channel"),
        *("double-bias", "forgot-groups", "counted-spatial-size", "counted-stride"),
        *("counted-padding", "kernel-one-dimensional", "depthwise-taken-for-full"),
    }
