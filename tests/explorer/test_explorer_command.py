"""``sharedconv explorer``: the file that it writes, and what it does when it can't."""

import re
import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest

import sharedconv.explorer
from sharedconv.cli import main
from sharedconv.explorer import make_page


@pytest.fixture
def quickly_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what happens to the page, whatever is on it."""
    monkeypatch.setattr(sharedconv.explorer, "make_page", lambda: "the page")


@pytest.mark.usefixtures("quickly_made")
def test_it_writes_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.html"
    assert main(["explorer", "-o", str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    assert file.read_text("utf-8") == "the page"
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_the_page_is_small_and_names_nothing_outside() -> None:
    page = make_page()
    assert len(page.encode()) < 400_000
    addresses = set(re.findall(r"[a-z]+://[^\s\"'<>)]+", page))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of what is drawn, not a place
    assert not re.findall(r"(?:src|srcset|action)=|@import|url\(", page)
    assert "default-src 'none'" in page
    assert "unsafe" not in page
    assert "innerHTML" not in page


@pytest.mark.usefixtures("quickly_made")
def test_an_old_file_is_kept_when_writing_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.html").mkdir()
    (tmp_path / "page.html" / "kept").write_text("kept")
    with pytest.raises(SystemExit) as left:
        main(["explorer", "-o", str(tmp_path / "page.html")])
    assert left.value.code == 2
    assert "can't be written" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["explorer", "-o", str(tmp_path / "nowhere" / "page.html")])
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_a_page_is_made_again_and_no_other_file_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.html"
    for _ in range(2):
        assert main(["explorer", "-o", str(file)]) == 0
    file.write_text("<!doctype html><title>My course</title>")
    with pytest.raises(SystemExit) as left:
        main(["explorer", "-o", str(file)])
    assert left.value.code == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "page.html is there already, and isn't a page that this command made" in err
    assert "My course" in file.read_text()


@pytest.mark.usefixtures("quickly_made")
def test_open_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: bool(shown.append(address)) or True)
    file = tmp_path / "page.html"
    assert main(["explorer", "-o", str(file), "--open"]) == 0
    assert shown == [file.as_uri()]


def test_it_needs_no_torch(tmp_path: Path) -> None:
    program = (
        "import sys; from sharedconv.cli import main; "
        f"main(['explorer', '-o', {str(tmp_path / 'page.html')!r}]); "
        "print({'torch', 'numpy', 'keras'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == "set()"
