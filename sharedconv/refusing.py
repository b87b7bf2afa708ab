"""How a command says no: one sentence on standard error, exit code 2, never a traceback."""

from __future__ import annotations

import argparse
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def refuse(who: str, problem: str) -> NoReturn:
    """Say why not, and leave."""
    print(f"{who}: {' '.join(problem.split())}", file=sys.stderr)
    raise SystemExit(2)


class Parser(argparse.ArgumentParser):
    """argparse, with one sentence instead of a usage text where the arguments can't be read."""

    def error(self, message: str) -> NoReturn:
        refuse(self.prog, f"{message} (--help shows what there is)")
