"""The page by keyboard alone, on any screen, for any eyes."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
VIEWS = {
    "the question": "",
    "a sequence": "dims=1&input=8&kernel=3&filters=1",
    "without sharing": "kind=unshared&dims=1&input=8&kernel=3",
    "transposed": "kind=transposed&input=4&kernel=3&stride=2",
    "a volume": "dims=3&input=6&kernel=3",
    "dense": "kind=dense",
    "two ways": "channels=3&filters=32&kernel=3&expected=288",
    "what cannot be": "input=4&kernel=5",
    "a network": "view=network",
    "a network with a slip": "view=network&net=Konv(3)|Dense(2)",
    "the quiz": "view=quiz&answers=01",
    "the quiz's end": "view=quiz&answers=0123012301",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    opened: Callable[..., Page], go: Callable[[Page, str], None], scheme: str
) -> None:
    page = opened(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate("document.getElementById('more').open = true")
    # through the browser's own door, since the page's policy lets no script in
    page.evaluate(AXE.read_text("utf-8"))
    for view, fragment in VIEWS.items():
        go(page, fragment)
        found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        assert [(view, each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.parametrize("width", [320, 375, 683, 1366, 1920])
def test_nothing_sticks_out_sideways(
    opened: Callable[..., Page], go: Callable[[Page, str], None], width: int
) -> None:
    """683 is a laptop at 200%."""
    page = opened(viewport={"width": width, "height": 700})
    for fragment in [*VIEWS.values(), f"filters={'9' * 100}&channels={'9' * 90}&expected=7"]:
        go(page, fragment)
        page.evaluate("document.getElementById('more').open = true")
        wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        assert wide <= 0, fragment


def test_everything_is_reached_and_worked_by_keyboard(opened: Callable[..., Page]) -> None:
    page = opened()
    reached: list[str] = []

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "document.activeElement.id || document.activeElement.ariaLabel || ''"
            )
            reached.append(here)
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", here
            if here == name:
                return
        raise AssertionError(f"{name} can't be reached: {reached}")

    for name in ("skip", "to-layer", "to-network", "to-quiz", "line"):
        tab_to(name)
    page.keyboard.type("Conv1D(2, 3)")
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("8")
    tab_to("kind")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#kind")).to_have_value("unshared")
    page.keyboard.press("ArrowUp")
    tab_to("bias")
    page.keyboard.press("Space")
    expect(page.locator("#total")).to_have_text("6")
    expect(page.locator("#live")).to_have_text("6 parameters")
    page.keyboard.press("Space")
    tab_to("field-filters")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#total")).to_have_text("12")
    tab_to("filters, slider")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#total")).to_have_text("16")
    tab_to("kernel size, slider")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to("field-stride")
    page.keyboard.press("ArrowUp")
    tab_to("copy-keras")
    tab_to("copy-torch")
    tab_to("expected")
    page.keyboard.type("16")
    expect(page.locator("#diagnosis")).to_contain_text("You expected 16, and that is right.")
    for name in ("picture", "play", "step"):
        tab_to(name)
    page.keyboard.press("Enter")
    expect(page.locator("#picture-words")).to_contain_text("Output 2")
    tab_to("position")
    page.keyboard.press("End")
    expect(page.locator("#picture-words")).not_to_contain_text("Output 2")
    tab_to("matrix")


def test_the_quiz_is_done_by_keyboard(opened: Callable[..., Page]) -> None:
    page = opened("view=quiz")
    page.locator("#main").focus()
    for at in range(10):
        page.keyboard.press("Tab")
        expect(page.locator(".choice").first).to_be_focused()
        page.keyboard.press("Enter")
        heading = "That was all ten." if at == 9 else f"Question {at + 2}"
        expect(page.locator("#quiz-heading")).to_have_text(heading)
        expect(page.locator("#quiz-heading")).to_be_focused()


def test_headings_come_in_order(opened: Callable[..., Page]) -> None:
    page = opened()
    for fragment in ("", "view=network", "view=quiz&answers=01"):
        page.goto(f"{page.url.partition('#')[0]}#{fragment}")
        levels = page.evaluate(
            "[...document.querySelectorAll('h1, h2, h3')].filter((each) => each.offsetParent)"
            ".map((each) => Number(each.tagName[1]))"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.evaluate("document.documentElement.lang") == "en"
