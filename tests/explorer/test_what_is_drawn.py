"""What the page draws and what it says of that: every letter, arrow and place is right."""

import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from page_layers import random_layer
from playwright.sync_api import Page, expect

from sharedconv.counting import Conv
from sharedconv.counting.count import number
from sharedconv.pictures.wiring import pixels

Show = Callable[[Page, str], dict[str, Any]]
Go = Callable[[Page, str], None]


def texts(page: Page, css: str) -> list[str]:
    return [each for each in page.locator(css).all_text_contents() if each]


def looks(page: Page) -> list[tuple[str, str]]:
    """Colour and dash of every arrow."""
    found = page.eval_on_selector_all(
        "#picture .arrow",
        "all => all.map((each) => [getComputedStyle(each).stroke,"
        " each.getAttribute('stroke-dasharray')])",
    )
    return [(color, dash) for color, dash in found]


def places(words: str) -> set[int]:
    """1 to 3 and 5, 7 -> 1, 2, 3, 5, 7."""
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?: to (\d+))?", words):
        found |= set(range(int(first), int(last or first) + 1))
    return found


def test_a_small_example_leaves_the_question_as_it_is(opened: Callable[..., Page]) -> None:
    page = opened("expected=249")
    matrix = page.locator("#matrix p").first
    expect(matrix).to_contain_text("9,216 rows, one for each output, and 10,000 columns")
    expect(matrix).to_contain_text("Drawn is the same layer on a small input, 6×6.")
    expect(matrix).to_contain_text("Your own layer stays as you chose it.")
    expect(page.locator("#matrix .cell")).to_have_count(4 * 25)
    expect(page.locator("#matrix button")).to_have_count(0)
    for field in page.locator("#row-kernel input[type=text]").all():
        field.fill("20")
    expect(page.locator("#picture p")).to_contain_text("Your layer is too large to be drawn.")
    expect(page.locator("#picture p")).to_contain_text("a kernel of 3×3 and an input of 8×8")
    expect(page.locator("#picture .cell.on")).to_have_count(9)
    page.click("#step")
    expect(page.locator("#picture-words")).to_contain_text("Output 1, 2 reads input rows 1 to 3")
    expect(page.locator("#total")).to_have_text("4,010")
    expect(page.locator("#field-kernel")).to_have_value("20")
    expect(page.locator("#expected")).to_have_value("249")
    page.go_back()
    page.go_back()
    expect(page.locator("#picture p")).to_have_count(0)
    assert page.url.partition("#")[2] == "expected=249"


@pytest.mark.parametrize("seed", range(2))
def test_every_layer_is_drawn(one: Page, show: Show, seed: int) -> None:
    random, drawn = Random(seed), 0
    while drawn < 40:
        layer = random_layer(random)
        fragment = layer.fragment()
        if drawn % 4 == 0:
            # as large as the fields take
            fragment = re.sub(r"\binput=[0-9x]+", f"input={10**40}", fragment)
        said = show(one, fragment)
        if said["why"]:
            continue
        drawn += 1
        assert one.locator("#picture svg").count() == 1, fragment
        assert one.locator("#matrix svg .cell").count() > 0, fragment
        assert all(one.locator("#matrix svg .cell text").all_text_contents()), fragment
        assert one.evaluate("location.hash") == f"#{fragment}"


@pytest.mark.parametrize("words", ["kernel=90", "kernel=90&stride=40", "kernel=3&stride=2000"])
@pytest.mark.parametrize("kind", ["conv", "unshared", "transposed", "depthwise"])
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("padding", ["0", "same"])
def test_what_is_too_large_has_an_example(
    one: Page, show: Show, words: str, kind: str, dims: int, padding: str
) -> None:
    said = show(
        one, f"kind={kind}&dims={dims}&input=9999&{words}&padding={padding}&dilation=1&extra="
    )
    assert said["why"] == ""
    expect(one.locator("#picture p")).to_contain_text("Your layer is too large to be drawn. Drawn")
    expect(one.locator("#matrix svg .cell").first).to_be_visible()
    expect(one.locator("#player")).to_be_visible()


def test_much_padding_is_not_drawn(one: Page, show: Show) -> None:
    """A square for each place of it would take all of the browser's memory."""
    for dims in (1, 2, 3):
        show(one, f"dims={dims}&input=100&kernel=3&padding=900000")
        expect(one.locator("#picture p")).to_contain_text("Your layer is too large to be drawn.")
        assert one.locator("#picture .cell").count() < 400


def test_it_reads_what_the_layer_reads(one: Page, go: Go) -> None:
    """The places that the words name are those of the layer, with its gaps."""
    random, seen = Random(11), 0
    while seen < 30:
        stride, dilation = random.choice([(1, 1), (2, 1), (1, 2), (1, 3), (3, 2)])
        padding = random.choice([0, 1, 2])
        size, kernel = random.randint(5, 12), random.randint(1, 4)
        try:
            conv = Conv(1, 1, (kernel,), stride, padding, dilation, input_size=size)
        except ValueError:
            continue
        seen += 1
        go(
            one,
            f"dims=1&input={size}&kernel={kernel}&filters=1&stride={stride}"
            f"&padding={padding}&dilation={dilation}",
        )
        positions = pixels(conv, 0)
        for at, met in enumerate(positions):
            # with one position there is nowhere to go
            if len(positions) > 1:
                one.locator("#position").fill(str(at))
            words = one.text_content("#picture-words") or ""
            inside = {each + 1 for each in met if 0 <= each < size}
            output, _, rest = words.partition(" reads ")
            assert output == f"Output {at + 1}"
            read = rest.partition(", by ")[0]
            if inside:
                assert places(read) == inside, words
            else:
                assert read == "padding only, which is 0"
            assert ("outside the input" in words) == (0 < len(inside) < kernel), words
            label = one.get_attribute("#picture svg", "aria-label") or ""
            assert words.startswith(label)


def test_gaps_are_told_in_an_image_and_backwards(one: Page, go: Go) -> None:
    words = one.locator("#picture-words")
    go(one, "input=9&kernel=3&filters=1&dilation=2")
    one.locator("#position").fill("0")
    expect(words).to_contain_text("reads input rows 1, 3 and 5 and columns 1, 3 and 5, by")
    go(one, "kind=transposed&dims=1&input=4&kernel=3&filters=1&dilation=2")
    expect(words).to_contain_text("Input 1 adds to output 1, 3 and 5, by the 3 weights a to c")


def test_a_volume_is_told_with_all_its_weights(one: Page, go: Go) -> None:
    go(one, "dims=3&input=4&kernel=3&filters=1&padding=1")
    words = one.locator("#picture-words")
    one.locator("#position").fill("0")
    expect(words).to_contain_text("depths 1 and 2, rows 1 and 2 and columns 1 and 2")
    expect(words).to_contain_text("by the 27 weights a to aa, the same ones at every position")
    # the first nine lie before the volume, on the padding
    expect(words).to_contain_text("depth 1 of the input, with the weights j to r")
    assert texts(one, "#picture .cell.on") == [chr(each) for each in range(ord("j"), ord("r") + 1)]
    assert one.get_attribute("#position", "max") == str(4**3 - 1)
    one.locator("#position").fill(str(4**3 - 1))
    expect(words).to_contain_text("Output 4, 4, 4 reads input depths 3 and 4")
    expect(words).to_contain_text("with the weights a to i, and depth 4 of the output")
    assert one.locator("#picture .cell.now").count() == 1


def test_without_sharing_no_letter_comes_twice(one: Page, go: Go) -> None:
    go(one, "input=5&kernel=3&filters=1&kind=unshared")
    seen: list[str] = []
    for at in range(9):
        one.locator("#position").fill(str(at))
        seen += texts(one, "#picture .cell.on")
        assert texts(one, "#picture .cell.now") == [str(at + 1)]
    assert len(set(seen)) == 81
    assert seen[0] == "a₁"
    assert set(seen) == set(texts(one, "#matrix .cell.on"))
    go(one, "input=5&kernel=3&filters=1")
    shared = set()
    for at in range(9):
        one.locator("#position").fill(str(at))
        shared |= set(texts(one, "#picture .cell.on"))
    assert shared == set("abcdefghi") == set(texts(one, "#matrix .cell.on"))


@pytest.mark.parametrize(
    ("fragment", "arrows"),
    [
        ("kind=dense&inputs=6&units=4", 24),
        ("kind=unshared&dims=1&input=8&kernel=3&filters=1", 18),
        # more would look alike, and the first places are enough
        ("kind=unshared&dims=1&input=12&kernel=5&padding=4&filters=1", 45),
    ],
)
def test_where_no_weight_comes_twice_no_two_look_alike(
    one: Page, go: Go, fragment: str, arrows: int
) -> None:
    go(one, fragment)
    found = looks(one)
    assert len(found) == arrows
    assert len(set(found)) == arrows
    if arrows == 45:
        expect(one.locator("#picture-words")).to_contain_text("Only the first places are drawn.")


def test_the_bias_is_in_every_picture(one: Page, go: Go) -> None:
    lines, ones = one.locator("#picture line.bias-arrow"), one.locator("#picture .bias-one")
    for fragment in ("dims=1&input=8", "input=8", "dims=3&input=8", "kind=unshared&input=8"):
        go(one, f"{fragment}&kernel=3&filters=1")
        for at in ("0", "4"):
            one.locator("#position").fill(at)
            expect(ones).to_have_count(1)
            ends = one.evaluate("""() => {
              const line = document.querySelector("#picture line.bias-arrow");
              const cell = document.querySelector("#picture .cell.now rect");
              const [x, y, wide] = ["x", "y", "width"].map((name) => +cell.getAttribute(name));
              return [line.getAttribute("x2") - x, line.getAttribute("y2") - y, wide];
            }""")
            # it ends at the output that is made
            assert -3 <= ends[0] <= ends[2] + 3
            assert -3 <= ends[1] <= ends[2] + 3
        expect(one.locator("#picture-words")).to_contain_text("bias is added")
        go(one, f"{fragment}&kernel=3&filters=1&bias=0")
        expect(ones).to_have_count(0)
        expect(one.locator("#picture-words")).not_to_contain_text("bias")
    for fragment in ("dims=1&input=8", "input=8"):
        go(one, f"kind=transposed&{fragment}&kernel=3")
        expect(one.locator("#picture rect.bias-arrow")).to_have_count(1)
        expect(one.locator("#picture-words")).to_contain_text("added once to every output")
    go(one, "kind=dense&inputs=3&units=4")
    expect(lines).to_have_count(4)
    assert len({each.get_attribute("stroke-dasharray") for each in lines.all()}) == 4
    expect(one.locator("#picture-words")).to_contain_text("a bias of its own")


def test_colours_and_letters_of_a_wide_kernel(one: Page, go: Go) -> None:
    go(one, "input=9&kernel=7&filters=1")
    cells = one.locator("#picture .cell.on")
    names = cells.all_text_contents()
    assert names[0] == "a"
    # as in Python's pictures: a2 would read as a square, or as a at position 2
    assert names[26:28] == ["aa", "ab"]
    assert len(set(names)) == 49
    colors = cells.evaluate_all("all => all.map((each) => getComputedStyle(each.firstChild).fill)")
    for column in range(7):
        # no stripes of one colour
        assert len(set(colors[column::7])) > 3
    # a matrix of 81 columns has its letters, too, large enough to be read
    assert set(texts(one, "#matrix .cell.on")) == set(names)
    wide = one.eval_on_selector(
        "#matrix .cell.on rect", "(each) => each.getBoundingClientRect().width"
    )
    assert wide >= 16


def test_the_matrix_of_a_dense_layer_knows_no_filters(one: Page, go: Go) -> None:
    for fragment in ("kind=dense", "kind=dense&inputs=6&units=4"):
        go(one, fragment)
        assert "filter" not in "".join(one.locator("#matrix p").all_text_contents())
    go(one, "kind=dense")
    expect(one.locator("#matrix p").first).to_contain_text(
        f"10 rows, one for each output, and {number(784)} columns"
    )
    expect(one.locator("#matrix p").first).to_contain_text("with 8 inputs and 5 units")
    go(one, "channels=3")
    expect(one.locator("#matrix p").first).to_contain_text("(of one filter and one channel)")
