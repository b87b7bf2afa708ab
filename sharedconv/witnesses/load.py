"""A model from a learner's own file: ``FILE.py:NAME``."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TypeGuard

from torch import nn

from ..running import running


def is_keras(model: object) -> bool:
    """Whether it is a layer or model of Keras (on its torch backend those are modules, too)."""
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(model, keras.layers.Layer)


def _is_model(value: object) -> TypeGuard[nn.Module]:
    return isinstance(value, nn.Module) or is_keras(value)


def load_model(where: str) -> nn.Module:
    """Run FILE.py and take NAME from it: a model, or a function or class that makes one.

    It may be a model of Keras, too (`is_keras` tells).

    Raises ValueError, in one sentence, where there is no such file or name, or no model comes of
    it.
    """
    path, _, name = where.rpartition(":")
    if not path.endswith(".py") or not name.isidentifier():
        raise ValueError(
            f"{where!r} does not name a model; write the file and the model's name in it, such as "
            "net.py:model"
        )
    file = Path(path)
    if not file.is_file():
        raise ValueError(f"there is no file {path}; check the path, seen from {Path.cwd()}")
    if importlib.util.find_spec("tensorflow") is None:
        # Keras would look for it, if the file imports Keras
        os.environ.setdefault("KERAS_BACKEND", "torch")
    try:
        with running(file) as module:
            model = getattr(module, name, None)
            if not _is_model(model) and callable(model):
                model = model()
    except (Exception, SystemExit) as error:
        # whatever happens in somebody's own file is theirs to know, in a sentence
        words = " ".join(str(error).split())
        raise ValueError(f"{path} stopped with {type(error).__name__}: {words}") from error
    if not hasattr(module, name):
        models = [each for each, value in vars(module).items() if _is_model(value)]
        there = f"; it has the models {', '.join(models)}" if models else ""
        raise ValueError(f"{path} has no {name}{there}")
    if not _is_model(model):
        raise ValueError(
            f"{name} in {path} is {type(model).__name__}, not a model; it has to be a "
            "torch.nn.Module, or a function or class that makes one"
        )
    return model
