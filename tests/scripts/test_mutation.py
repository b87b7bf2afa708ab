"""scripts/mutation.py: what it drops from a rule, and that a real layer then disagrees."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest
from torch import nn

from sharedconv.counting import Conv, Count

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
LAYER = Conv(in_channels=3, filters=10, kernel_size=(5, 4))


@pytest.fixture
def mutation(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(SCRIPTS)  # a folder of commands, so no package
    return importlib.import_module("mutation")


def test_every_factor_and_term_dropped_from_a_convolution_is_noticed(mutation: ModuleType) -> None:
    real = sum(each.numel() for each in nn.Conv2d(3, 10, (5, 4)).parameters())
    mutants = list(mutation.mutants_of("Conv", LAYER.count()))
    assert [str(each) for each in mutants] == [
        "Conv: kernel dropped",
        "Conv: kernel without filters",
        "Conv: kernel without kernel height",
        "Conv: kernel without kernel width",
        "Conv: kernel without in_channels",
        "Conv: bias dropped",
        "Conv: bias without filters",
    ]
    for mutant in mutants:

        def see(kind: str, count: Count, mutant: object = mutant) -> Count:
            assert kind == "Conv"
            return mutation.mutated(count, mutant)

        assert int(mutation.wrapped(Conv.count, see)(LAYER)) != real == int(LAYER.count())


def test_of_two_terms_with_one_role_the_one_meant_is_dropped(mutation: ModuleType) -> None:
    count = LAYER.count() + LAYER.replace(filters=7).count()
    left = mutation.mutated(count, mutation.Mutant("Conv", "bias", 1, None))
    assert [term.size for term in left.terms] == [600, 10, 420]
    assert mutation.mutated(count, mutation.Mutant("Conv", "scale", 0, None)) == count
