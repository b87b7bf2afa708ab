"""Links and pastes that mean harm do nothing but a sentence."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script>"
LINKS = [
    SCRIPT,
    quote(SCRIPT),
    f"kind={quote(SCRIPT)}",
    f"view={quote(SCRIPT)}",
    "kind=__proto__",
    "kind=constructor&dims=1",
    "view=toString",
    "dims=4",
    "dims=NaN",
    "filters=-1",
    "filters=NaN",
    "filters=1e999",
    "filters=" + "9" * 101,
    "kernel=3x3x3",
    "kernel=0",
    "quiz=9",
    "quiz=0",
    "view=quiz&quiz=0",
    "answers=7",
    "view=quiz&quiz=2&answers=4",
    "bias=false",
    "EXPECTED=250",
    "shape=1x2x3x4x5",
    "input=" + "1x" * 500,
    "%E0%A4%A",
    "a" * 30_000,
]


@pytest.mark.parametrize("fragment", LINKS, ids=[each[:30] for each in LINKS])
def test_a_hostile_link_shows_the_question(
    one: Page, show: Callable[[Page, str], dict[str, object]], fragment: str
) -> None:
    said = show(one, fragment)
    assert said["total"] == "260"
    assert one.locator("img, #main script").count() == 0
    problem = one.text_content("#link-problem") or ""
    assert problem.endswith("begins with.")
    assert problem.count(". ") == 0


PASTES = [
    SCRIPT,
    f"Conv2D({SCRIPT!r}, 3)",
    "Conv2D(" * 5000,
    "(" * 9000,
    "Conv2D([" + "1," * 4000 + "], 3)",
    "__proto__(3)",
    "constructor(3)",
    "hasOwnProperty(3)",
    "Conv2D(10, 5, __proto__=3)",
    "Conv2D(__import__('os').system('true'), 3)",
    "Conv2D(1e999, 3)",
    "Conv2D(NaN, 3)",
    "Conv2D('\\x00', \"",
    "\u202eConv2D(3, 3)",
    "Conv2D(10**10**10, 3)",
]


@pytest.mark.parametrize("text", PASTES, ids=range(len(PASTES)))
def test_a_hostile_paste_gets_a_sentence(
    one: Page, show: Callable[[Page, str], dict[str, object]], text: str
) -> None:
    show(one, "")
    one.fill("#line", text)
    one.click("#paste button")
    expect(one.locator("#line-problem")).not_to_have_text("")
    problem = one.text_content("#line-problem") or ""
    assert len(problem) < 500
    assert "\n" not in problem
    expect(one.locator("#total")).to_have_text("260")
    assert one.locator("img").count() == 0


def test_ten_megabytes_are_refused(one: Page) -> None:
    one.evaluate("document.getElementById('line').value = 'Conv2D(1, 3)' + 'a'.repeat(1e7)")
    one.click("#paste button")
    expect(one.locator("#line-problem")).to_contain_text("10,000,012 characters")
    one.evaluate("document.getElementById('line').value = ''")


def test_a_network_of_hostile_lines(
    one: Page, show: Callable[[Page, str], dict[str, object]]
) -> None:
    show(one, f"view=network&net={quote(SCRIPT)}|Dense(__proto__)|__proto__()")
    expect(one.locator("#net-rows .problem")).to_have_count(3)
    assert one.locator("img").count() == 0
