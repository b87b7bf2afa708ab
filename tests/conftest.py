"""What every test stands on: Keras runs on torch, torch takes one core, hypothesis keeps calm.

And nobody's progress is touched: each test has a learner's folder of its own.
"""

import itertools
import os
import tempfile
from pathlib import Path

# Keras reads it once, when it is first imported; so this comes before any test imports Keras.
os.environ["KERAS_BACKEND"] = "torch"
# The processes that tests start take one core each, as the tests do themselves: see below.
os.environ["OMP_NUM_THREADS"] = "1"

import pytest
import torch
from hypothesis import HealthCheck, settings

# The layers here are tiny, and the suite runs one process for each core.
torch.set_num_threads(1)

settings.register_profile(
    "fresh",
    # A busy machine is no bug.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Tests that need more say so themselves.
    max_examples=50,
    print_blob=True,
)
# The same examples on every machine, so that a red run is about the change it ran on. New ones
# are looked for by `scripts/test.py --slow`.
settings.register_profile("same", settings.get_profile("fresh"), derandomize=True)
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    # Random layers are often of the kind that torch warns of; here the warnings say nothing new.
    for message in ("Using padding='same'", "Initializing zero-element tensors"):
        config.addinivalue_line("filterwarnings", f"ignore:{message}")


HOMES = tempfile.TemporaryDirectory(prefix="sharedconv-homes-")
NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def seeded() -> None:
    """The same random tensors in a test, whichever tests ran before it in the same process."""
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where progress and exercises are kept in this test; the folder isn't made yet."""
    folder = Path(HOMES.name, str(next(NUMBERS)))
    monkeypatch.setenv("SHAREDCONV_HOME", str(folder))
    return folder
