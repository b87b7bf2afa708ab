"""Lessons and exercises as notebooks: each is run by nbclient, in a kernel of this Python."""

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from jupyter_client.manager import KernelManager

from sharedconv.cli import main
from sharedconv.counting import Conv
from sharedconv.practice import home, notebook as module, say, show
from sharedconv.practice.notebook import Source, notebook, sources, write_notebooks

ROOT = Path(__file__).resolve().parents[2]
ALL = sources(ROOT)
LESSONS = [each for each in ALL if each.runs]
EXERCISES = [each for each in ALL if not each.runs]


def outputs(made: Any) -> list[Any]:
    return [each for cell in made.cells for each in cell.get("outputs", [])]


def shown(made: Any) -> str:
    """All that a notebook shows below its cells, as text."""
    texts = [each.get("text") or each.data["text/plain"] for each in outputs(made)]
    return " ".join(" ".join(texts).split())


def script(folder: Path, *cells: str) -> Source:
    file = folder / "script.py"
    file.write_text("".join(f"# %%\n{each}\n" for each in cells), encoding="utf-8")
    return Source(file, "script.ipynb", runs=True)


# -- the lessons and the exercises -----------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.script.stem)
def test_each_lesson_runs_as_a_notebook(lesson: Source) -> None:
    made = notebook(lesson)
    nbformat.validate(made)
    code = [each for each in made.cells if each.cell_type == "code"]
    assert [each.execution_count for each in code] == list(range(1, len(code) + 1))
    assert {each.output_type for each in outputs(made)} <= {"stream", "display_data"}
    assert not [each for each in outputs(made) if each.get("name") == "stderr"]
    text = shown(made)
    # nobody is asked where nobody is, and the lesson goes on to its end
    assert "Nobody is here to answer" in text
    assert "Your number" not in text
    assert "CHANGE, in the first cell" in text
    assert "MAKE:" in text
    # what is said stands in paragraphs, not in a typewriter's letters
    pages = [
        each.data["text/html"] for each in outputs(made) if "text/html" in each.get("data", {})
    ]
    assert f"LESSON {int(lesson.script.name[:2])}." in pages[0]
    assert "MAKE:" in pages[-1]


def test_every_exercise_runs_as_a_notebook_before_anything_is_filled_in() -> None:
    """All of them in one kernel, which is quicker."""
    assert EXERCISES
    together = notebook(EXERCISES[0], run=False)
    together.cells = [cell for each in EXERCISES for cell in notebook(each).cells]
    for place, cell in enumerate(together.cells):
        cell["id"] = f"cell-{place}"
    module._run(together, Path("all of them"))
    assert not outputs(together)


@pytest.mark.parametrize("source", ALL, ids=lambda each: each.script.stem)
def test_a_notebook_has_the_cells_of_its_script(source: Source) -> None:
    made = notebook(source, run=False)
    nbformat.validate(made)
    assert not outputs(made)
    text = source.script.read_text(encoding="utf-8")
    script = jupytext.reads(text, fmt="py:percent")
    wanted = [(each.cell_type, each.source) for each in script.cells]
    found = [(each.cell_type, each.source) for each in made.cells]
    assert found[: len(wanted)] == wanted
    if source.runs:
        assert found == wanted
    else:
        ((kind, words),) = found[len(wanted) :]
        assert kind == "markdown"
        number = "{}.{}".format(*map(int, source.script.name.split("_")[:2]))
        assert f"`sharedconv practice {number}`" in words
    # and the same notebook comes out each time
    assert jupytext.writes(made, "ipynb") == jupytext.writes(notebook(source, run=False), "ipynb")


# -- tables, words, questions ----------------------------------------------------------------------


def test_counts_and_summaries_are_tables_in_a_notebook(tmp_path: Path) -> None:
    made = notebook(
        script(
            tmp_path,
            "from sharedconv import Conv, SharedConv2d, cross_check, summary\n"
            "from sharedconv.practice import say, show\n"
            "layer = SharedConv2d(1, 10, 5)\n"
            "count = Conv(1, 10, (5, 5)).count()",
            "show(count)",
            "count",
            "show(cross_check(layer, keras=False))",
            "show(summary(layer, (1, 28, 28)))",
            "print('before')\nsay('5*5 < 26, and <b> & $x$ stay as they are.\\n\\n    x = 1')",
        )
    )
    one, two, check, table, before, said = outputs(made)
    for each in (one, two):
        assert each.data["text/markdown"] == Conv(1, 10, (5, 5)).count()._repr_markdown_()
        assert "| bias | filters 10 | 10 |" in each.data["text/markdown"]
    assert "| tally | 260 |" in check.data["text/markdown"]
    assert "| SharedConv2d |" in table.data["text/markdown"]
    # in the order in which they were printed
    assert before.text == "before\n"
    assert "5*5 &lt; 26, and &lt;b&gt; &amp; $x$ stay as they are.</p>" in said.data["text/html"]
    assert "<pre>    x = 1</pre>" in said.data["text/html"]
    assert said.data["text/plain"].startswith("5*5 < 26")


def test_a_picture_stands_in_a_notebook_and_one_too_large_is_said_not_drawn(
    tmp_path: Path,
) -> None:
    made = notebook(
        script(
            tmp_path,
            "from sharedconv import Conv\nfrom sharedconv.pictures import arrows\n"
            "from sharedconv.practice import show_picture",
            "for size in (7, 700):\n"
            "    show_picture(lambda: arrows(Conv(1, 1, (3,), input_size=(size,))), 'arrows')",
        )
    )
    drawn, said = outputs(made)
    assert base64.b64decode(drawn.data["image/png"]).startswith(b"\x89PNG")
    assert "No picture here: " in said.data["text/plain"]


def test_on_a_terminal_the_same_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    count = Conv(1, 10, (5, 5)).count()
    show(count)
    say("Words.")
    assert capsys.readouterr().out == f"{count}\n\nWords.\n\n"


def test_the_kernel_is_this_python(tmp_path: Path) -> None:
    made = notebook(
        script(
            tmp_path, "import os, sys\nprint(sys.executable)", "print(os.environ['KERAS_BACKEND'])"
        )
    )
    assert [each.text.strip() for each in outputs(made)] == [sys.executable, "torch"]


def test_in_an_open_notebook_a_question_waits_for_its_answer() -> None:
    """With a page that is open, here one that types 9, and then 10."""
    manager = KernelManager(kernel_spec_manager=module._this_python())
    manager.start_kernel(stderr=subprocess.DEVNULL)
    page = manager.client()
    answers, asked, said = iter(["9", "10"]), [], []

    def answer(message: dict[str, Any]) -> None:
        asked.append(message["content"]["prompt"].strip())
        page.input(next(answers))

    def look(message: dict[str, Any]) -> None:
        said.append(message["content"].get("text", ""))

    try:
        page.start_channels()
        page.wait_for_ready(timeout=60)
        page.execute_interactive(
            "from sharedconv.practice import predict\n"
            "from sharedconv.counting import Conv\n"
            "print(predict('How many?', Conv(1, 1, (3, 3)).count()))",
            allow_stdin=True,
            stdin_hook=answer,
            output_hook=look,
            timeout=60,
        )
    finally:
        page.stop_channels()
        manager.shutdown_kernel(now=True)
    assert asked == [
        "Your number (Enter goes on without one):",
        "Another try (Enter shows it):",
    ]
    text = "".join(said)
    assert "9 leaves out the bias." in text
    assert text.endswith("Yes, 10.\n\n9\n")


# -- what can go wrong -----------------------------------------------------------------------------


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as left:
        main(["notebook", *arguments])
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def test_a_cell_that_stops_is_named(tmp_path: Path) -> None:
    source = script(tmp_path, "x = 1", "raise KeyError('no such thing')", "print('never')")
    with pytest.raises(
        ValueError, match=r"^script\.py stops in cell 2 \(KeyError: .*such thing.*\)$"
    ):
        notebook(source)


def test_a_process_that_ends_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"^the process that ran script\.py ended; is there memory"
    ):
        notebook(script(tmp_path, "import os", "os._exit(1)"))


def test_a_missing_package_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    said = refused([str(tmp_path / "out"), "--lesson", "1"], capsys)
    assert "a notebook needs jupytext and nbclient and ipykernel; install with: " in said
    assert "pip install 'sharedconv[notebook]'" in said
    said = refused([str(tmp_path / "out"), "--no-run"], capsys)
    assert "a notebook needs jupytext; install" in said
    assert not (tmp_path / "out").exists()


def test_other_things_that_it_can_t_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    said = refused([str(tmp_path / "file"), "--no-run"], capsys)
    assert "01_the_plus_one.ipynb can't be written (" in said
    assert "there is no lesson 99; the lessons are 1, 2, 3" in refused(
        [str(tmp_path), "--lesson", "99"], capsys
    )
    assert "--lesson is 'x'" in refused([str(tmp_path), "--lesson", "x"], capsys)
    monkeypatch.setattr(home, "PACKAGE_ROOT", tmp_path)
    monkeypatch.setattr(home.sysconfig, "get_path", lambda _: str(tmp_path))
    assert "there are no lessons beside this sharedconv" in refused([str(tmp_path)], capsys)


def test_the_command_writes_a_file_for_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notebook", str(tmp_path / "out"), "--lesson", "2", "--no-run"]) == 0
    said = capsys.readouterr().out.splitlines()
    files = sorted((tmp_path / "out").rglob("*.ipynb"))
    assert sorted(said) == [str(each) for each in files]
    assert [each.name[:3] for each in files] == ["02_"] * len(files)
    assert {each.parent.name for each in files} == {"out", "exercises"}
    for each in files:
        nbformat.validate(nbformat.read(each, as_version=4))


def test_several_lessons_are_written_in_the_order_in_which_they_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--lesson", "3", "--lesson", "1", "--lesson", "3"]
    assert main(["notebook", str(tmp_path), *asked, "--no-run"]) == 0
    said = [Path(each).name[:2] for each in capsys.readouterr().out.splitlines()]
    assert said == sorted(said, reverse=True)
    assert set(said) == {"01", "03"}
    assert len(said) == len({*tmp_path.rglob("*.ipynb")})


def test_what_somebody_wrote_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "exercises" / "02_1_how_many_places.ipynb"
    file.parent.mkdir()
    file.write_text("my answer", encoding="utf-8")
    said = refused([str(tmp_path), "--lesson", "2", "--no-run"], capsys)
    assert f"{file} is there already, and may hold somebody's work" in said
    assert file.read_text(encoding="utf-8") == "my answer"
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [file]


def test_what_is_written_is_what_was_run(tmp_path: Path) -> None:
    source = script(tmp_path, "print(6 * 7)")
    (file,) = write_notebooks(tmp_path / "deep" / "out", [source])
    assert outputs(nbformat.read(file, as_version=4))[0].text == "42\n"
