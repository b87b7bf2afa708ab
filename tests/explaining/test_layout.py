"""Lines are broken as Python's own textwrap breaks them."""

from textwrap import fill

from hypothesis import given, settings, strategies as st

from sharedconv.explaining.layout import WIDTH, wrapped

WORDS = st.lists(st.text("ab-.×,3", min_size=1, max_size=25), max_size=40)


@settings(max_examples=200)
@given(WORDS, st.integers(1, 90))
def test_words_are_wrapped_as_textwrap_does(words: list[str], width: int) -> None:
    text = " ".join(words)
    kept = fill(text, width, break_long_words=False, break_on_hyphens=False)
    assert wrapped(text, width) == kept


@given(WORDS)
def test_line_breaks_in_the_text_are_spaces(words: list[str]) -> None:
    assert wrapped("\n".join(words)) == wrapped(" ".join(words))
    assert all(len(line) <= WIDTH for line in wrapped(" ".join(words)).splitlines())
