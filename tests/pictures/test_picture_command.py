"""``sharedconv picture``: every picture in every format, and what it says when it can't."""

import contextlib
import io
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from sharedconv.cli import main
from sharedconv.commands.picture import OF_LAYERS, OF_NETWORKS
from sharedconv.counting import Conv
from sharedconv.pictures import alternative, arrows, save

SVG = "{http://www.w3.org/2000/svg}"


def run(*arguments: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(["picture", *map(str, arguments)])
        except SystemExit as left:
            code = int(left.code or 0)
    return code, out.getvalue(), err.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", [*OF_LAYERS, *OF_NETWORKS])
def test_every_picture_opens_and_says_in_words_what_it_shows(name: str, tmp_path: Path) -> None:
    for ending in ("svg", "png", "pdf"):
        file = tmp_path / f"{name}.{ending}"
        code, out, err = run(name, "-o", file)
        assert (code, err) == (0, "")
        said = words(out).partition(" shows this: ")[2]
        assert len(said) > 100
    tree = ElementTree.parse(tmp_path / f"{name}.svg").getroot()
    assert tree.get("role") == "img"
    assert tree.findtext(f"{SVG}title")
    assert words(tree.findtext(f"{SVG}desc") or "") == said
    with Image.open(tmp_path / f"{name}.png") as image:
        image.load()
        assert image.size == (1280, 720)
        assert words(image.info["Description"]) == said
        assert image.info["Title"] == tree.findtext(f"{SVG}title")
    written = (tmp_path / f"{name}.pdf").read_bytes()
    assert written.startswith(b"%PDF")
    assert b"/Subject" in written
    assert not list(tmp_path.glob("*.part"))


def test_the_kernel_moves_in_a_gif(tmp_path: Path) -> None:
    file = tmp_path / "moving.gif"
    code, out, _ = run("sliding", "-o", file, "Conv2D(1, 3, 2, 'same')", "--input", "5x5x1")
    assert code == 0
    with Image.open(file) as image:
        assert (image.n_frames, image.size) == (9, (1280, 720))
        assert words(image.info["comment"].decode()) in words(out)


@pytest.mark.skipif(
    not shutil.which("ffmpeg"),
    reason="NOT TESTED: the animation as an MP4, because the program ffmpeg isn't installed",
)
def test_the_kernel_moves_in_an_mp4(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        code, out, err = run("sliding", "-o", tmp_path / name, "Conv2D(1, 3)", "--input", "5x5x1")
        assert (code, err) == (0, "")
    film = (tmp_path / "a.mp4").read_bytes()
    assert film == (tmp_path / "b.mp4").read_bytes()
    said = words(out).partition(" shows this: ")[2]
    assert words(said).encode() in film
    asked = "stream=codec_name,width,height,nb_frames"
    found = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", asked, "-of", "csv=p=0", tmp_path / "a.mp4"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert found.stdout.strip() == "h264,1280,720,9"


def test_without_ffmpeg_an_mp4_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, err = run("sliding", "-o", tmp_path / "x.mp4")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "written by the program ffmpeg, which isn't installed here; install it, or" in err
    assert not [*tmp_path.iterdir()]


@pytest.mark.skipif(sys.platform == "win32", reason="a script isn't a program there")
def test_where_ffmpeg_fails_it_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text(f"#!{sys.executable}\nraise SystemExit(1)\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, err = run("sliding", "-o", tmp_path / "x.mp4")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "stopped without one" in err
    assert "end the name in .gif" in err
    assert [*tmp_path.iterdir()] == [broken]


def test_the_layer_may_stand_before_or_behind_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.svg"
    layer = ("nn.Conv1d(1, 2, 3)", "--input", "1x5")
    first = run("arrows", "-o", file, *layer)
    assert first == run("arrows", layer[0], "-o", file, *layer[1:])
    assert first[0] == 0
    assert "filters 2 × kernel length 3" in words(first[1])


def test_the_same_picture_is_the_same_file(tmp_path: Path) -> None:
    for ending in ("svg", "png", "pdf"):
        for name in ("a", "b"):
            save(arrows(Conv(1, 1, 3, ndim=1, input_size=5)), tmp_path / f"{name}.{ending}")
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_code_and_files_of_ones_own(tmp_path: Path) -> None:
    code, out, _ = run(
        "receptive", "-o", tmp_path / "r.svg", "nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2))"
    )
    assert code == 0
    assert "depends on 4×4 pixels" in words(out)
    net = tmp_path / "net.py"
    net.write_text("from torch import nn\nmodel = nn.Sequential(nn.Linear(3, 4))\n")
    code, out, _ = run("areas", "-o", tmp_path / "a.svg", f"{net}:model")
    assert code == 0
    assert "has 16 parameters" in words(out)


REFUSED = [
    (["arow", "-o", "x.svg"], "there is no picture 'arow'; did you mean arrows?"),
    (["cat", "-o", "x.svg"], "there is no picture 'cat'"),
    (["arrows", "-o", "x.jpg"], "end it in .svg, .png, .pdf, or for sliding .gif or .mp4"),
    (["arrows", "-o", "x.gif"], "only the picture sliding moves"),
    (["arrows", "-o", "x.mp4"], "only the picture sliding moves"),
    (["arrows", "-o", "x"], "the name 'x' doesn't say what to write"),
    (["arrows"], "-o"),
    (["arrows", "-o", "x.svg", "Conv9D(1)", "--input", "7x1"], "knows no layer 'Conv9D'"),
    (["arrows", "-o", "x.svg", "Conv1D(1, 3)"], "--input"),
    (["arrows", "-o", "x.svg", "nn.Conv1d(1, 1, 3)"], "a picture needs the size of the input"),
    (["arrows", "-o", "x.svg", "Conv1D(1, 3)", "--input", "99x1"], "a smaller input works"),
    (["arrows", "-o", "x.svg", "Dense(3)", "--input", "7"], "a Dense can't be drawn so"),
    (["arrows", "-o", "x.svg", "LSTM(3)", "--input", "7x2"], "an LSTM can't be drawn so"),
    (["arrows", "-o", "x.svg", "GRU(3)", "--input", "7x2"], "a GRU can't be drawn so"),
    (["arrows", "-o", "x.svg", "Embedding(3, 4)", "--input", "7"], "an Embedding can't be"),
    (["arrows", "-o", "x.svg", "--input", "7x1"], "give the layer as well"),
    (["matrix", "-o", "x.svg", "Conv2D(1, 3)", "--input", "28x28x1"], "676 rows and 784 columns"),
    (["areas", "-o", "x.svg", "vgg99"], "there is no network 'vgg99'"),
    (["areas", "-o", "x.svg", "--input", "7x1"], "leave --input away"),
    (["receptive", "-o", "x.svg", "resnet50"], "no rule for a Residual"),
    (["receptive", "-o", "x.svg", "nn.Linear(3, 4)"], "no layer of this stack has a window"),
    (["frameworks", "-o", "x.svg", "vgg16"], "frameworks draws a ResNet"),
    (["frameworks", "-o", "x.svg", "resnet51"], "depth is 51"),
    (["frameworks", "-o", "x.svg", "resnetx"], "write a whole number"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_cant_be_drawn_is_one_sentence(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "folder.svg"
    folder.mkdir()
    for file in (tmp_path / "nowhere" / "x.svg", folder):
        code, _, err = run("arrows", "-o", file)
        assert code == 2
        assert "can't be written" in err
        assert err.count("\n") == 1
    assert [*tmp_path.iterdir()] == [folder]


def test_half_a_picture_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.svg"
    assert run("arrows", "-o", file)[0] == 0
    old = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    code, _, err = run("arrows", "-o", file, "Conv1D(1, 2)", "--input", "4x1")
    assert code == 2
    assert "No space left on device" in err
    assert file.read_bytes() == old
    assert [*tmp_path.iterdir()] == [file]


@pytest.mark.parametrize("ending", ["svg", "png", "pdf", "gif"])
def test_a_picture_of_ones_own_is_made_again_and_nothing_else_is_replaced(
    ending: str, tmp_path: Path
) -> None:
    file = tmp_path / f"x.{ending}"
    assert run("sliding", "-o", file)[0] == 0
    first = file.read_bytes()
    assert run("sliding", "-o", file, "Conv2D(1, 2)", "--input", "3x3x1")[0] == 0
    second = file.read_bytes()
    assert second != first
    for other in (b"my notes", b"<svg>drawn by hand</svg>", b"\x89PNG a photo", b"GIF89a a cat"):
        file.write_bytes(other)
        code, out, err = run("sliding", "-o", file)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
        assert f"x.{ending} is there already, and isn't a picture in .{ending} that" in err
        assert "name another file" in err
        assert file.read_bytes() == other


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "x.svg", tmp_path / "link.svg"
    file.touch()
    link.symlink_to(file)
    assert run("arrows", "-o", link)[0] == 0
    assert link.is_symlink()
    assert file.read_text().startswith("<?xml")


WITHOUT = """
import sys
sys.modules["{missing}"] = None
from sharedconv.cli import main
main(["picture", "areas", "-o", "x.svg"])
"""


@pytest.mark.parametrize("missing", ["matplotlib", "squarify"])
def test_without_what_draws_it_says_how_to_get_it(missing: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(missing=missing)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert f"drawn by the package {missing}, which isn't installed" in done.stderr
    assert "pip install 'sharedconv[pictures]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_nothing_that_draws_is_loaded_before_something_is_drawn() -> None:
    program = (
        "import sys, sharedconv.pictures\n"
        "assert not {'matplotlib', 'numpy', 'torch', 'PIL'} & {*sys.modules}\n"
        "from sharedconv.counting import Conv\n"
        "sharedconv.pictures.arrows(Conv(1, 1, 3, ndim=1, input_size=7))\n"
        "assert not {'matplotlib.pyplot', 'torch'} & {*sys.modules}\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_notebook_shows_a_picture_with_its_words() -> None:
    from IPython.core.formatters import DisplayFormatter

    picture = arrows(Conv(1, 1, 3, ndim=1, input_size=7))
    data, metadata = DisplayFormatter().format(picture)
    assert Image.open(io.BytesIO(data["image/png"])).size == (1280, 720)
    assert metadata["image/png"]["alt"] == alternative(picture)
