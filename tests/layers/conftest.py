"""Keras reads its backend once, when it is first imported: these tests hold it to torch."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import pytest
import torch
from small_layers import LAYERS


@pytest.fixture(params=LAYERS)
def layer(request):
    """Each of the small layers in turn."""
    torch.manual_seed(0)
    return LAYERS[request.param]()
