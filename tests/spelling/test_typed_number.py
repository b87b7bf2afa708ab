"""What people type for a number: with thousands set off, or as the product that they think of."""

from contextlib import suppress

import pytest
from facts.typed_numbers import NO_NUMBER, TYPED
from hypothesis import given, strategies as st

from sharedconv.spelling.typed import typed_number


@pytest.mark.parametrize("text", TYPED)
def test_a_number_is_read(text: str) -> None:
    assert typed_number(text) == TYPED[text]


@pytest.mark.parametrize("text", NO_NUMBER)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no whole number"):
        typed_number(text)


@st.composite
def sums(draw: st.DrawFn, depth: int = 3) -> tuple[str, int]:
    """A text and what it comes to, worked out beside it."""
    if depth == 0 or draw(st.booleans()):
        number = draw(st.integers(0, 10**6))
        return draw(st.sampled_from([f"{number}", f"{number:,}", f"0{number}"])), number
    (left, a), (right, b) = draw(sums(depth - 1)), draw(sums(depth - 1))
    sign, value = draw(st.sampled_from([("+", a + b), ("-", a - b), (" × ", a * b), ("*", a * b)]))
    return f"({left}){sign}({right})", value


@given(sums())
def test_sums_of_products_come_to_what_they_come_to(case: tuple[str, int]) -> None:
    text, value = case
    if len(text) <= 100:
        assert typed_number(text) == value


@given(st.text("0123456789+-*x×·() ,_", max_size=30))
def test_whatever_is_typed_gives_a_number_or_a_sentence(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(typed_number(text), int)
