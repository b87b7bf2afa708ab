"""The page as somebody uses it who has the question: typed, switched, linked to, gone back."""

import re
from collections.abc import Callable
from random import Random
from typing import Any

from facts.typed_numbers import NO_NUMBER, TYPED
from page_layers import random_layer
from playwright.sync_api import Page, expect

from sharedconv.counting.count import number
from sharedconv.explaining.layer import RIGHT

Show = Callable[[Page, str], dict[str, Any]]


def test_it_begins_with_the_question(opened: Callable[..., Page]) -> None:
    page = opened()
    expect(page.locator("#h-answer")).to_have_text("Conv2D(10, 5) on 100×100×1")
    expect(page.locator("#total")).to_have_text("260")
    expect(page.locator("#line-torch")).to_have_text("nn.Conv2d(1, 10, 5)")
    expect(page.locator("#expected")).to_have_value("250")
    expect(page.locator("#diagnosis .way p").first).to_contain_text("250 leaves out the bias.")
    expect(page.locator("#formula mark")).to_have_text("bias")


def test_the_bias_makes_the_difference(opened: Callable[..., Page]) -> None:
    page = opened()
    page.uncheck("#bias")
    expect(page.locator("#total")).to_have_text("250")
    expect(page.locator("#live")).to_have_text("250 parameters")
    expect(page.locator("#line-keras")).to_have_text("Conv2D(10, 5, use_bias=False)")
    expect(page.locator("#diagnosis")).to_have_text(RIGHT.format(expected=250))
    page.check("#bias")
    expect(page.locator("#total")).to_have_text("260")


def test_an_expectation_is_a_number_or_the_way_to_it(opened: Callable[..., Page]) -> None:
    page = opened()
    page.fill("#expected", "5 × 5 × 10 + 10")
    expect(page.locator("#diagnosis")).to_have_text(RIGHT.format(expected=260))
    for text, value in TYPED.items():
        page.fill("#expected", text)
        if value >= 0:
            expect(page.locator("#expected-problem")).to_be_empty()
            expect(page.locator("#diagnosis")).to_contain_text(f"You expected {number(value)}")
        else:
            expect(page.locator("#expected-problem")).to_contain_text("whole number")
    for text in NO_NUMBER:
        page.fill("#expected", text)
        # a field without words is none that was filled wrongly, and it has no second line
        if text.strip() and "\n" not in text:
            expect(page.locator("#expected-problem")).to_contain_text("whole number")


def test_what_is_typed_counts_as_what_is_linked(opened: Callable[..., Page]) -> None:
    """A dozen layers, number by number, as a person enters them."""
    random, page, seen = Random(12), opened(), 0
    page.click("#more summary")
    while seen < 12:
        layer = random_layer(random)
        if layer.kind is None or layer.link.get("padding") in ("valid", "same", "causal"):
            continue
        seen += 1
        page.select_option("#kind", layer.link["kind"])
        if layer.link["kind"] != "dense":
            page.check(f"input[name=dims][value='{layer.link['dims']}']")
        if page.locator("#padding-mode").count():
            page.select_option("#padding-mode", "numbers")
        page.set_checked("#bias", layer.link["bias"] == "1")
        names = {"channels": "in_channels", "multiplier": "depth_multiplier"}
        names |= {"inputs": "in_features"}
        page.evaluate("document.getElementById('more').open = true")
        typed = {"extra": "0", **layer.link}
        for name, text in typed.items():
            row = page.locator(f"#row-{names.get(name, name)} input[type=text]")
            sizes = text.split("x")
            for at in range(row.count()):
                row.nth(at).fill(sizes[min(at, len(sizes) - 1)])
        expect(page.locator("#total")).to_have_text(number(layer.kind.count().total))


def test_sliders_and_arrow_keys(opened: Callable[..., Page]) -> None:
    page = opened()
    page.locator("#row-kernel input[type=range]").fill("3")
    expect(page.locator("#total")).to_have_text("100")
    page.locator("#field-filters").press("ArrowUp")
    expect(page.locator("#total")).to_have_text("110")
    expect(page.locator("#field-filters")).to_have_value("11")


def test_a_number_that_is_none_is_told_and_changes_nothing(opened: Callable[..., Page]) -> None:
    page = opened()
    for wrong in ("", "-3", "NaN", "1e3", "5.5", "0", "9" * 130):
        page.fill("#field-filters", wrong)
        expect(page.locator("#problem-filters")).to_contain_text("whole number of 1 or more")
        expect(page.locator("#total")).to_have_text("260")
    page.locator("#field-filters").blur()
    expect(page.locator("#field-filters")).to_have_value("10")
    expect(page.locator("#problem-filters")).to_have_text("")


def test_a_layer_that_there_cannot_be_gets_a_sentence(opened: Callable[..., Page]) -> None:
    page = opened("input=4&kernel=5")
    expect(page.locator("#why")).to_contain_text("larger than the input height 4")
    expect(page.locator("#total")).to_have_text("–")
    page.fill("#row-input input >> nth=0", "100")
    page.fill("#row-input input >> nth=1", "100")
    expect(page.locator("#total")).to_have_text("260")


def test_a_link_restores_everything(opened: Callable[..., Page], show: Show) -> None:
    page = opened()
    page.fill("#line", "nn.Conv2d(3, 32, 3, padding=1)")
    page.click("#paste button")
    page.fill("#expected", "288")
    expect(page.locator("#total")).to_have_text("896")
    link = page.url.partition("#")[2]
    before = show(page, link)
    assert before["diagnosis"].startswith("You expected 288. 2 ways lead there")
    again = opened(link)
    assert show(again, link) == before
    expect(again.locator("#line-keras")).to_have_text("")
    expect(again.locator("#why-keras")).to_contain_text("ZeroPadding")


def test_back_and_forward_work(opened: Callable[..., Page]) -> None:
    page = opened()
    page.uncheck("#bias")
    page.fill("#line", "Conv2D(60, 3)")
    page.click("#paste button")
    expect(page.locator("#total")).to_have_text("600")
    page.click("#to-quiz")
    expect(page.locator("#view-quiz")).to_be_visible()
    page.go_back()
    expect(page.locator("#total")).to_have_text("600")
    page.go_back()
    expect(page.locator("#total")).to_have_text("250")
    expect(page.locator("#bias")).not_to_be_checked()
    page.go_back()
    expect(page.locator("#total")).to_have_text("260")
    page.go_forward()
    expect(page.locator("#total")).to_have_text("250")


def test_typing_is_one_step_back(opened: Callable[..., Page]) -> None:
    page = opened()
    page.locator("#field-filters").select_text()
    page.locator("#field-filters").press_sequentially("123")
    expect(page.locator("#total")).to_have_text("3,198")
    page.go_back()
    expect(page.locator("#total")).to_have_text("260")


def test_the_picture_shows_the_same_weights_everywhere(opened: Callable[..., Page]) -> None:
    page = opened("dims=1&input=8&kernel=3&filters=1")
    now = page.locator("#picture .arrow.now")
    expect(now).to_have_count(3)
    classes = [now.nth(at).get_attribute("class") for at in range(3)]
    assert len(set(classes)) == 3
    expect(page.locator("#picture .arrow")).to_have_count(6 * 3)
    page.click("#step")
    expect(page.locator("#picture-words")).to_contain_text("Output 2 reads input 2 to 4")
    assert [now.nth(at).get_attribute("class") for at in range(3)] == classes
    page.locator("#position").press("End")
    expect(page.locator("#picture-words")).to_contain_text("Output 6 reads input 6 to 8")
    page.select_option("#kind", "unshared")
    expect(page.locator("#picture-words")).to_contain_text("weights of its own")


def test_the_matrix_has_as_many_weights_as_the_kernel(opened: Callable[..., Page]) -> None:
    page = opened("input=5&kernel=3&filters=1")
    expect(page.locator("#matrix .cell")).to_have_count(9 * 9)
    expect(page.locator("#matrix p")).to_contain_text("with 9 different weights")
    page.select_option("#kind", "unshared")
    expect(page.locator("#matrix p")).to_contain_text("with 81 different weights")
    page.goto(page.url.partition("#")[0] + "#input=100&kernel=3")
    expect(page.locator("#matrix p").first).to_contain_text("9,604 rows")
    expect(page.locator("#matrix svg")).to_be_visible()


def test_play_goes_on_by_itself(opened: Callable[..., Page]) -> None:
    page = opened()
    page.clock.install()
    page.reload()
    page.click("#play")
    page.clock.run_for(1500)
    expect(page.locator("#picture-words")).to_contain_text("Output 1, 3")
    page.click("#play")
    page.clock.run_for(1500)
    expect(page.locator("#picture-words")).to_contain_text("Output 1, 3")


def test_who_wants_no_motion_gets_none(opened: Callable[..., Page]) -> None:
    page = opened(reduced_motion="reduce")
    expect(page.locator("#play")).to_be_hidden()
    page.click("#step")
    expect(page.locator("#picture-words")).to_contain_text("Output 1, 2")


def test_the_other_spelling_can_be_copied(opened: Callable[..., Page]) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.click("#copy-torch")
    expect(page.locator("#live")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "nn.Conv2d(1, 10, 5)"


def test_the_skip_link_keeps_the_question(opened: Callable[..., Page]) -> None:
    page = opened("filters=20")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator("#total")).to_have_text("520")
    assert page.url.endswith("#filters=20")


def test_back_sets_every_field_also_the_one_in_hand(opened: Callable[..., Page]) -> None:
    page = opened("view=network")
    page.fill("[aria-label='Layer 1']", "Conv2D(64, 3)")
    page.go_back()
    expect(page.locator("[aria-label='Layer 1']")).to_have_value("Conv2D(32, 3)")
    page.click("#to-layer")
    page.fill("#expected", "2400")
    page.go_back()
    expect(page.locator("#expected")).to_have_value("250")
    page.fill("#expected", "many")
    expect(page.locator("#expected-problem")).to_contain_text("whole number")
    page.fill("#expected", "260")
    page.go_back()
    expect(page.locator("#expected-problem")).to_be_empty()


def test_the_page_s_own_expectation_belongs_to_its_own_question(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    page.select_option("#kind", "dense")
    expect(page.locator("#expected")).to_have_value("")
    expect(page.locator("#diagnosis")).to_be_empty()
    page.select_option("#kind", "conv")
    expect(page.locator("#line-keras")).to_have_text("Conv2D(10, 5)")


def test_an_expectation_that_was_typed_stays_when_a_line_is_pasted(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    page.fill("#expected", "288")
    page.fill("#line", "nn.Conv2d(3, 32, 3)")
    page.click("#paste button")
    expect(page.locator("#diagnosis")).to_contain_text("You expected 288. 2 ways lead there")
    # what both ways leave out, and nothing that only one of them does
    expect(page.locator("#formula mark")).to_have_text("bias")


def test_what_is_too_many_in_two_parts_is_said_once(opened: Callable[..., Page]) -> None:
    page = opened("expected=2396160")
    expect(page.locator("#diagnosis mark").first).to_have_text(
        "output height 96 × output width 96, in kernel and bias"
    )


def test_a_refusal_goes_with_what_was_refused(opened: Callable[..., Page]) -> None:
    page = opened("filters=many")
    expect(page.locator("#link-problem")).to_contain_text("filters=many")
    page.fill("#line", "Konv(3)")
    page.click("#paste button")
    expect(page.locator("#line-problem")).not_to_be_empty()
    page.fill("#field-filters", "12")
    expect(page.locator("#line-problem")).to_be_empty()
    expect(page.locator("#link-problem")).to_be_empty()


def test_playing_ends_where_there_is_nothing_to_play(opened: Callable[..., Page]) -> None:
    page = opened("input=8&kernel=3")
    page.click("#play")
    expect(page.locator("#play")).to_have_text("Pause")
    page.fill("#field-kernel", "20")
    expect(page.locator("#why")).to_contain_text("larger than the input")
    expect(page.locator("#play")).to_have_text("Play", use_inner_text=False)
    page.fill("#field-kernel", "3")
    page.click("#play")
    page.click("#to-network")
    page.click("#to-layer")
    expect(page.locator("#play")).to_have_text("Play")


def test_a_refused_layer_has_its_own_input(opened: Callable[..., Page]) -> None:
    page = opened("channels=3&filters=32&kernel=3&groups=3")
    expect(page.locator("#why")).to_contain_text("groups is 3")
    expect(page.locator("#on")).to_have_text("on 100×100×3")


def test_copying_is_seen(opened: Callable[..., Page]) -> None:
    page = opened()
    page.click("#copy-keras")
    expect(page.locator("#copy-keras")).to_have_text(re.compile("Copied|Selected"))
