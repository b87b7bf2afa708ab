"""Somebody's own file, run: its neighbours can be imported, and nothing is written beside it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

_NEIGHBOURS: set[str] = set()
"""Modules that the file before this one imported from its own folder."""


class _ReadAnew(SourceFileLoader):
    """Leaves Python's own cache alone.

    It takes a file for unchanged that was saved again within a second, and a learner would be
    answered for the number that stood there before.
    """

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


@contextmanager
def running(file: Path) -> Iterator[ModuleType]:
    """The file as a module that has just run. Inside the block, what it defines can be called.

    Raises whatever the file raises, and OSError where it can't be read.
    """
    # under a name of its own, so that a file called json.py hides no other module
    loader = _ReadAnew(f"file_of_{file.stem}", str(file))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    # two folders may have a config.py each, and each file means its own
    for neighbour in _NEIGHBOURS & {*sys.modules}:
        del sys.modules[neighbour]
    _NEIGHBOURS.clear()
    before, folder = {*sys.modules}, str(file.resolve().parent)
    sys.modules[loader.name] = module  # where dataclasses in the file look for it
    # the file may import its neighbours, as it could when run by itself
    sys.path.insert(0, folder)
    writes_nothing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
        yield module
    finally:
        sys.dont_write_bytecode = writes_nothing
        if folder in sys.path:  # unless the file took it out itself
            sys.path.remove(folder)
        _NEIGHBOURS.update(
            each
            for each in {*sys.modules} - before
            if PathFinder.find_spec(each.partition(".")[0], [folder])
        )
