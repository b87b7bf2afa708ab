"""Keras reads its backend once, when it is first imported: these tests hold it to torch."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
