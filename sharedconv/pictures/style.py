"""How pictures look: colours for all eyes, and beside each colour a second thing that tells it.

Sizes are for a slide: a picture is 12.8 × 7.2 inches, 1280 × 720 pixels at 100 to the inch, and no
letter on it is smaller than 14 points.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .figure import Picture

SMALL, TEXT, TITLE = 14, 16, 20
"""Sizes of letters, in points."""
SIZE = (12.8, 7.2)
"""A picture's width and height, in inches."""
DPI = 100

INK, GREY, PALE, PAPER = "#222222", "#666666", "#DDDDDD", "#FFFFFF"

COLOURS = ("#D55E00", "#0072B2", "#009E73", "#E69F00", "#56B4E9", "#CC79A7")
"""Okabe and Ito's colours, which people who see fewer colours tell apart, too; the question's red,
blue and green come first. Their yellow is left out: it can't be seen on white."""

Line = Literal["-"] | tuple[float, tuple[float, ...]]
"""Unbroken, or in dashes: where they begin, and the lengths of dash and gap in turn."""

LINES: tuple[Line, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1.2, 1.4)),
    (0, (7, 2, 1.5, 2)),
    (0, (10, 3)),
    (0, (5, 1.5, 1, 1.5, 1, 1.5)),
    (0, (3, 4)),
)
"""As many as have no divisor in common with the colours, so that pairs of both repeat late."""

LOOKS = len(COLOURS) * len(LINES)
"""How many weights look different as lines."""


class Look(NamedTuple):
    """How one weight is drawn as a line."""

    color: str
    line: Line


WAYS = {
    "shared": Look(COLOURS[1], LINES[0]),
    "unshared": Look(COLOURS[0], LINES[1]),
    "dense": Look(COLOURS[2], LINES[2]),
}
"""How the three ways to connect a layer are drawn where each is one line."""
MARKERS = {"shared": "o", "unshared": "s", "dense": "^"}
WAYS_IN_WORDS = {
    "shared": "one kernel for all positions",
    "unshared": "a kernel for each position",
    "dense": "a weight for each pair",
}


def look(weight: int) -> Look:
    """How the weight of this number is drawn; different for numbers below `LOOKS`."""
    return Look(COLOURS[weight % len(COLOURS)], LINES[weight % len(LINES)])


def bias_look(bias: int) -> Look:
    """The same for a bias: black or grey, as no weight is."""
    return Look((INK, GREY)[bias % 2], LINES[bias % len(LINES)])


BIAS_LOOKS = 2 * len(LINES)


def letter(weight: int) -> str:
    """a, b, ..., z, aa, ab, ...: what the weight of this number is called."""
    before, last = divmod(weight, 26)
    return (letter(before - 1) if before else "") + chr(ord("a") + last)


def small(position: int) -> str:
    """₁, ₂, ₃, ...: what the name of a weight or bias of this position alone ends in."""
    return str(position + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def fill(weight: int, weights: int) -> tuple[float, float, float]:
    """The colour, red, green and blue from 0 to 1, of a cell that holds this weight of so many.

    Each weight has a colour of its own: where there are more than `COLOURS`, these come again
    darker and lighter.
    """
    round_, place = divmod(weight, len(COLOURS))
    red, green, blue = (int(COLOURS[place][at : at + 2], 16) / 255 for at in (1, 3, 5))
    rounds = -(-weights // len(COLOURS))
    # as they are, then in turn a lighter and a darker round
    share = (round_ + 1) // 2 / (rounds // 2 + 1) * (0.65 if round_ % 2 else 0.55)
    towards = float(round_ % 2)

    def mixed(part: float) -> float:
        return part + (towards - part) * share

    return mixed(red), mixed(green), mixed(blue)


def ink_on(color: tuple[float, float, float]) -> str:
    """Black or white, whichever is read better on this colour (by its luminance, as in WCAG 2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color
    )
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#FFFFFF"


def blank(title: str, alternative: str) -> Picture:
    """A picture with nothing on it yet but its title.

    alternative: what it shows, in words, for those who can't see it.

    Raises ValueError where what draws isn't installed.
    """
    try:
        from .figure import Picture
    except ModuleNotFoundError as missing:
        raise refusal(missing) from None
    picture = Picture(title, alternative)
    picture.suptitle(title, fontsize=TITLE, color=INK, fontweight="bold")
    return picture


def head(panel: Axes, way: str, counted: str) -> None:
    """Say above a panel which of the three ways it shows, and what is to be counted in it."""
    words = f"$\\bf{{{way}}}$\n{WAYS_IN_WORDS[way]}\n{counted}"
    panel.set_title(words, fontsize=SMALL, color=INK, pad=6, linespacing=1.4)


def refusal(missing: ModuleNotFoundError) -> ValueError:
    """What is said where a package that pictures need isn't there."""
    package = (missing.name or "").partition(".")[0]
    return ValueError(
        f"pictures are drawn by the package {package}, which isn't installed; "
        "pip install 'sharedconv[pictures]' gets it"
    )
