"""What cannot fit is refused in one sentence, before it is tried; what fits is not."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given, strategies as st
from torch._subclasses.fake_tensor import FakeTensorMode

from sharedconv.layers import memory
from sharedconv.layers.memory import (
    free_memory,
    in_units,
    out_of_memory,
    refuse_what_cannot_fit,
)

CPU = torch.device("cpu")
# 5,000 positions with 250,000 numbers each: 5.0 GB in float32
LARGE = (50, 100, 100, 50, 10, 5)


@contextlib.contextmanager
def free(bytes_: int | None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "free_memory", lambda _: bytes_)
        yield


def refused(shape: tuple[int, ...], positions: int, dtype: torch.dtype | None = None) -> str:
    with pytest.raises(MemoryError) as problem:
        refuse_what_cannot_fit("LocalConv2d", shape, positions, dtype, "cpu")
    sentence = str(problem.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert ". " not in sentence
    return sentence


def test_the_sentence_says_what_was_asked_for_what_is_free_and_what_fits() -> None:
    with free(1_250_000_000):
        assert refused(LARGE, 5_000) == (
            "LocalConv2d asks for 5.0 GB: 5,000 positions with 250,000 numbers each, 4 bytes a "
            "number; 1.3 GB are free, room for 1,250 positions: it takes a smaller image, or one "
            "shared kernel (1.0 MB), and device='meta' is enough to count."
        )


@given(
    st.integers(1, 2_000),
    st.integers(16_000, 10**7),
    st.integers(0, 10**13),
    st.sampled_from([2, 4, 8]),
)
def test_it_is_refused_where_it_needs_more_than_is_free(
    positions: int, each: int, there: int, size: int
) -> None:
    dtype = {2: torch.float16, 4: torch.float32, 8: torch.float64}[size]
    needed = positions * each * size
    with free(there):
        if needed <= there or needed < memory.SMALL:
            refuse_what_cannot_fit("LocalConv1d", (positions, each), positions, dtype, "cpu")
        else:
            fitting = re.search(
                r"room for ([\d,]+) positions", refused((positions, each), positions, dtype)
            )
            assert fitting is not None
            most = int(fitting[1].replace(",", ""))
            # so many fit, and one more doesn't
            assert most * each * size <= there < (most + 1) * each * size


def test_the_defaults_are_those_of_torch() -> None:
    with free(5_000_000_000):
        refuse_what_cannot_fit("LocalConv2d", LARGE, 5_000, None, None)
        refuse_what_cannot_fit("LocalConv2d", LARGE, 5_000, torch.float16, None)
        torch.set_default_dtype(torch.float64)
        try:
            with pytest.raises(MemoryError, match="8 bytes a number"):
                refuse_what_cannot_fit("LocalConv2d", LARGE, 5_000, None, None)
        finally:
            torch.set_default_dtype(torch.float32)


HUGE = (30_000, 30_000, 512, 512, 3, 3)


def test_a_kernel_that_no_machine_has_room_for_is_refused_without_an_attempt() -> None:
    """Here what is free is looked up for real: nobody has eight petabytes."""
    with pytest.raises(MemoryError, match=r"asks for 8\.5 PB: 900,000,000 positions"):
        refuse_what_cannot_fit("LocalConv2d", HUGE, 900_000_000, None, None)


def test_where_nothing_is_filled_nothing_is_refused() -> None:
    refuse_what_cannot_fit("LocalConv2d", HUGE, 900_000_000, None, "meta")
    with torch.device("meta"):
        refuse_what_cannot_fit("LocalConv2d", HUGE, 900_000_000, None, None)
    with FakeTensorMode():
        refuse_what_cannot_fit("LocalConv2d", HUGE, 900_000_000, None, "cpu")
    with free(None):  # nobody knows
        refuse_what_cannot_fit("LocalConv2d", HUGE, 900_000_000, None, "cpu")


def test_for_a_small_kernel_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_up(_: torch.device) -> int:
        raise AssertionError

    monkeypatch.setattr(memory, "free_memory", looked_up)
    refuse_what_cannot_fit("LocalConv2d", (26, 26, 64, 32, 3, 3), 676, None, None)
    with pytest.raises(AssertionError):
        refuse_what_cannot_fit("LocalConv2d", (26, 26, 64, 64, 3, 3), 676, None, None)


# -- what is free ----------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Linux's own account of a machine with 6 MB and 2 MB of swap, to be written over."""
    (tmp_path / "meminfo").write_text(
        "MemTotal:       32000 kB\nMemFree:  100 kB\nMemAvailable:    6000 kB\nSwapFree:  2000 kB\n"
    )
    monkeypatch.setattr(memory, "MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "GROUP", tmp_path)
    return tmp_path


def container(folder: Path, limit: str, used: int, files: tuple[int, int], names: str) -> None:
    folder.mkdir(exist_ok=True)
    names_of_limit = {"2": ("memory.max", "memory.current")}
    old = ("memory.limit_in_bytes", "memory.usage_in_bytes")
    for name, value in zip(names_of_limit.get(names, old), (limit, used), strict=True):
        (folder / name).write_text(f"{value}\n")
    (folder / "memory.stat").write_text(
        f"anon 7\ninactive_file {files[0]}\nactive_file {files[1]}\n"
    )


def test_the_system_says_what_is_free(machine: Path) -> None:
    assert free_memory(CPU) == 8_000 * 1024
    container(machine, "max", 500, (1, 1), "2")
    assert free_memory(CPU) == 8_000 * 1024


@pytest.mark.parametrize(("version", "inside"), [("2", "."), ("1", "memory")])
def test_a_container_may_have_less(machine: Path, version: str, inside: str) -> None:
    """What it read from files is given back when it is needed."""
    container(machine / inside, "1000000", 900_000, (300_000, 50_000), version)
    assert free_memory(CPU) == 450_000
    container(machine / inside, "1000000", 1_200_000, (0, 0), version)
    assert free_memory(CPU) == 0
    container(machine / inside, "1000000000000", 900_000, (0, 0), version)
    assert free_memory(CPU) == 8_000 * 1024


def test_elsewhere_the_whole_memory_is_the_limit(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (machine / "meminfo").unlink()
    monkeypatch.setattr(
        memory.os,
        "sysconf",
        {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 1000}.__getitem__,
        raising=False,
    )
    assert free_memory(CPU) == 4_096_000
    monkeypatch.delattr(memory.os, "sysconf")
    assert free_memory(CPU) is None


def test_on_this_machine_a_tensor_of_half_of_it_is_not_refused() -> None:
    there = free_memory(CPU)
    assert there is None or there > 100_000_000
    assert free_memory(torch.device("meta")) is None


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_a_card_says_what_is_free_and_what_torch_kept_counts_as_free() -> None:
    card = torch.device("cuda")
    before = free_memory(card)
    assert before is not None
    held = torch.empty(1 << 28, dtype=torch.uint8, device=card)
    during = free_memory(card)
    assert during is not None
    assert before - during >= held.nbytes
    del held  # back to PyTorch, which keeps it
    after = free_memory(card)
    assert after is not None
    assert after - during >= 1 << 28
    with pytest.raises(MemoryError, match="are free"):
        refuse_what_cannot_fit("LocalConv2d", HUGE, 900_000_000, None, "cuda")


# -- when it runs out all the same ---------------------------------------------------------------


def test_what_torch_says_of_the_processor_becomes_one_sentence() -> None:
    with pytest.raises(RuntimeError) as problem:
        torch.empty(10**14)
    said = out_of_memory("LocalConv2d", problem.value)
    assert isinstance(said, MemoryError)
    assert str(said) == (
        "LocalConv2d asked for 400.0 TB more, and the memory ran out: it takes fewer images at a "
        "time, or smaller ones."
    )


def test_what_torch_says_of_a_card_too_and_nothing_else() -> None:
    said = out_of_memory(
        "LocalConv2d",
        torch.OutOfMemoryError(
            "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 9 GiB."
        ),
    )
    assert "asked for 20.00 GiB more" in str(said)
    assert "LocalConv2d asked, and" in str(
        out_of_memory("LocalConv2d", torch.OutOfMemoryError("?"))
    )
    assert out_of_memory("LocalConv2d", RuntimeError("expected 3 channels")) is None


# -- units -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (1_040, "1.0 kB"),
        (1_050, "1.1 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (9_584_640, "9.6 MB"),
        (483_385_147_392, "483.4 GB"),
        (12_345 * 10**18, "12,345.0 EB"),
    ],
)
def test_bytes_are_written_as_people_say_them(size: int, words: str) -> None:
    assert in_units(size) == words
