"""Where to compute: on the CUDA card with the most free memory, or on the CPU."""

from __future__ import annotations

import torch


def choose_device(asked: str = "auto") -> torch.device:
    """The device to run on, said in one printed line.

    asked: "auto" for a CUDA card where there is one (on a shared machine the one with the most
        free memory) and the CPU elsewhere; or a device of PyTorch's, such as "cpu" or "cuda:1".

    Raises ValueError, in one sentence, for a device that isn't there.
    """
    device = _emptiest_card() if asked == "auto" else _named(asked)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "no CUDA card needed"
    print(f"Running on {device} ({name}).")
    return device


def _emptiest_card() -> torch.device:
    cards = range(torch.cuda.device_count() if torch.cuda.is_available() else 0)
    free = {card: _free_memory(card) for card in cards}
    usable = [card for card in cards if free[card]]
    if not usable:
        return torch.device("cpu")
    return torch.device("cuda", max(usable, key=free.__getitem__))


def _free_memory(card: int) -> int:
    try:
        return torch.cuda.mem_get_info(card)[0]
    except RuntimeError:  # full, or reserved for somebody else: not a card for us
        return 0


def _named(asked: str) -> torch.device:
    try:
        device = torch.device(asked)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError):
        raise ValueError(
            f"there is no device {asked!r} here; use --device cpu, or leave it out to have one "
            "chosen"
        ) from None
    return device
