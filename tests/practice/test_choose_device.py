"""The card with the most free memory, the CPU where there is none, and a line that says which.

No card is needed: what torch says of them is made up.
"""

from collections.abc import Callable

import pytest
import torch

from sharedconv.practice import choose_device

GIB = 2**30
Cards = Callable[..., None]


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Cards:
    """A machine with cards that have so much memory free; None: a card that can't be used."""

    def plug_in(*free: int | None) -> None:
        def memory(card: int) -> tuple[int, int]:
            left = free[card]
            if left is None:
                raise RuntimeError("CUDA error: out of memory")
            return left, 80 * GIB

        monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(free))
        monkeypatch.setattr(torch.cuda, "device_count", lambda: len(free))
        monkeypatch.setattr(torch.cuda, "mem_get_info", memory)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda card: f"Made-up {card}")

    return plug_in


@pytest.mark.parametrize(
    ("free", "chosen"),
    [
        ((10 * GIB, 60 * GIB, 20 * GIB), "cuda:1"),
        ((70 * GIB, 60 * GIB, 20 * GIB), "cuda:0"),
        ((1, 2, 3), "cuda:2"),
        ((5 * GIB,), "cuda:0"),
        ((None, 2 * GIB, 1 * GIB), "cuda:1"),
        ((9 * GIB, 2 * GIB, None), "cuda:0"),
        ((None, None, 1), "cuda:2"),
        ((0, 0, 1), "cuda:2"),
        ((None, None, None), "cpu"),
        ((0,), "cpu"),
        ((), "cpu"),
    ],
)
def test_the_card_with_the_most_free_memory(
    cards: Cards,
    capsys: pytest.CaptureFixture[str],
    free: tuple[int | None, ...],
    chosen: str,
) -> None:
    cards(*free)
    assert choose_device() == torch.device(chosen)
    said = capsys.readouterr().out
    assert said.startswith(f"Running on {chosen} (")
    assert said.count("\n") == 1
    assert ("Made-up" in said) == (chosen != "cpu")


def test_a_driver_that_counts_cards_it_can_not_use(
    cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards(5 * GIB)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device() == torch.device("cpu")


def test_who_asks_for_the_cpu_gets_it_whatever_cards_there_are(
    cards: Cards, capsys: pytest.CaptureFixture[str]
) -> None:
    cards(5 * GIB)
    assert choose_device("cpu") == torch.device("cpu")
    assert capsys.readouterr().out.startswith("Running on cpu")


@pytest.mark.parametrize("asked", ["cuda:99", "gpu", "", "cpu:cpu", "GPU 0"])
def test_a_device_that_is_not_there_is_refused_in_a_sentence(asked: str) -> None:
    with pytest.raises(ValueError, match=r"there is no device .* use --device cpu") as refused:
        choose_device(asked)
    assert repr(asked) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_on_a_machine_with_a_card_it_is_used() -> None:
    device = choose_device()
    assert device.type == "cuda"
    assert torch.ones(2, device=device).sum().item() == 2
