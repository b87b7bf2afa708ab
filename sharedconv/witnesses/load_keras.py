"""A model of Keras: one of ``keras.applications``, or a ``.keras`` file that wants no code run."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .by_keras import MISSING

PREFIX = "keras:"
ENDING = ".keras"


def load_keras(where: str) -> Any:
    """``keras:ResNet50``, built without its weights, or a path to a ``.keras`` file.

    A file is loaded in Keras's safe mode, and only if everything in it is Keras's own: a file that
    wants code of somebody else's run, such as a ``Lambda`` layer or a class from another module, is
    refused.

    Raises ValueError, in one sentence, where there is no such model or it is refused.
    """
    if find_spec("keras") is None:
        raise ValueError(MISSING)
    # Keras reads this once, when it is first imported
    os.environ.setdefault("KERAS_BACKEND", "torch")
    if where.startswith(PREFIX):
        return _application(where.removeprefix(PREFIX))
    return _file(Path(where))


def _application(name: str) -> Any:
    from keras import applications

    known = {each.lower(): each for each in dir(applications) if each[0].isupper()}
    if name.lower() not in known:
        near = get_close_matches(name.lower(), known, n=3) or list(known)
        raise ValueError(
            f"keras.applications has no {name!r}; it has {', '.join(known[each] for each in near)}"
        )
    return getattr(applications, known[name.lower()])(weights=None)


def _file(path: Path) -> Any:
    if not path.is_file():
        raise ValueError(f"there is no file {path}; check the path, seen from {Path.cwd()}")
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ValueError(
            f"{path} is no file that model.save() of Keras 3 wrote: {' '.join(str(error).split())}"
        ) from error
    for wanted in _code_wanted(config):
        raise ValueError(
            f"{path} wants code run that is not Keras's own ({wanted}), and a file is not trusted "
            "with that; build the model in a file of yours, and name it FILE.py:NAME"
        )
    from keras import saving

    try:
        return saving.load_model(path, safe_mode=True, compile=False)
    except Exception as error:  # whatever stops Keras, in a sentence
        raise ValueError(f"Keras can't load {path}: {' '.join(str(error).split())}") from error


def _code_wanted(config: object) -> Iterator[str]:
    """What in a saved model is not built from Keras's own layers, by name.

    Keras's safe mode refuses lambdas; that it refuses functions of other modules as well was
    mended from version to version, so it isn't relied on.
    """
    if isinstance(config, list):
        for each in config:
            yield from _code_wanted(each)
    if not isinstance(config, dict):
        return
    name = config.get("class_name")
    module = config.get("module") or "keras"
    if name in ("Lambda", "__lambda__"):
        yield "a Lambda layer"
    elif name is not None and not _is_kerass_own(str(module)):
        yield f"{module}.{name}"
    for key, each in config.items():
        if key != "compile_config":  # left alone: compile=False
            yield from _code_wanted(each)


def _is_kerass_own(module: str) -> bool:
    parts = module.split(".")
    # functions are saved under "builtins", with a name that Keras looks up among its own
    return module == "builtins" or (parts[0] == "keras" and "utils" not in parts)
