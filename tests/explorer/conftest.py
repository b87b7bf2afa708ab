"""A real browser, without a window, on the page that the command writes."""

import importlib.util
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from sharedconv.explorer import make_page

_SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "browser.py"
_SPEC = importlib.util.spec_from_file_location("browser_of_this_machine", _SCRIPT)
assert _SPEC is not None
assert _SPEC.loader is not None
chrome = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(chrome)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chrome.found()
    if program is None:
        warnings.warn(chrome.MISSING, stacklevel=1)
        pytest.skip(chrome.MISSING)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=[*chrome.FLAGS])
        yield started
        started.close()


@pytest.fixture(scope="session")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page, a file."""
    file = tmp_path_factory.mktemp("explorer") / "explorer.html"
    file.write_text(make_page(), encoding="utf-8")
    return file.as_uri()


@contextmanager
def watched(browser: Browser, explorer: str) -> Iterator[Callable[..., Page]]:
    """Opens the page at a fragment. It must have asked for nothing and complained of nothing."""
    contexts = []
    seen: list[str] = []

    def open_page(fragment: str = "", **how: Any) -> Page:
        context = browser.new_context(**how)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)  # a busy machine is no bug
        page.on("console", lambda message: seen.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: seen.append(f"error: {error}"))
        page.on("dialog", lambda dialog: seen.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: seen.append(request.url.partition("#")[0]))
        page.goto(f"{explorer}#{fragment}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert set(seen) <= {explorer, "data:,"}


@pytest.fixture
def opened(browser: Browser, explorer: str) -> Iterator[Callable[..., Page]]:
    """Opens pages for one test, `watched`."""
    with watched(browser, explorer) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def one(browser: Browser, explorer: str) -> Iterator[Page]:
    """One page for all tests of a file, `watched`: they show one thing after another on it."""
    with watched(browser, explorer) as open_page:
        yield open_page()


def shown_at(page: Page, fragment: str) -> None:
    page.evaluate(
        "(link) => { history.replaceState(null, '', link);"
        " dispatchEvent(new PopStateEvent('popstate')); }",
        f"#{fragment}",
    )


@pytest.fixture
def go() -> Callable[[Page, str], None]:
    """Shows what a link shows, without loading the page again."""
    return shown_at


READ = """() => {
  const text = (id) => document.getElementById(id).textContent;
  const all = (css) => [...document.querySelectorAll(css)].map((each) => each.textContent);
  return {
    total: text("total"), why: text("why"), keras: text("line-keras"), torch: text("line-torch"),
    roles: all("#formula th"), factors: all("#formula .factors"), sizes: all("#formula .size"),
    facts: Object.fromEntries([...document.querySelectorAll("#facts div")].map((each) =>
      [each.querySelector("dt").textContent, each.querySelector("b").textContent])),
    ways: [...document.querySelectorAll("#diagnosis .way")].map((each) =>
      [each.querySelector("p").textContent, each.querySelector(".counted").textContent]),
    diagnosis: text("diagnosis"),
    sharing: all("#sharing:not([hidden]) tbody tr td"),
  };
}"""


def read(page: Page) -> dict[str, Any]:
    """Everything that the page says about the layer."""
    said: dict[str, Any] = page.evaluate(READ)
    return said


@pytest.fixture
def show() -> Callable[[Page, str], dict[str, Any]]:
    """Goes to a link and reads what the page says."""

    def shown(page: Page, fragment: str) -> dict[str, Any]:
        shown_at(page, fragment)
        return read(page)

    return shown


@pytest.fixture
def pasting(one: Page) -> Callable[[str], dict[str, Any]]:
    """Pastes a line into the page at its beginning, and reads what the page then says."""

    def paste(line: str) -> dict[str, Any]:
        shown_at(one, "")
        one.fill("#line", line)
        one.click("#paste button")
        return {**read(one), "line problem": one.text_content("#line-problem")}

    return paste
