"""How a command says no: one sentence on standard error, exit code 2, never a traceback."""

from __future__ import annotations

import argparse
import sys
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn


def refuse(who: str, problem: str) -> NoReturn:
    """Say why not, and leave."""
    print(f"{who}: {' '.join(problem.split())}", file=sys.stderr)
    raise SystemExit(2)


class Parser(argparse.ArgumentParser):
    """argparse, with one sentence instead of a usage text where the arguments can't be read.

    unread: where it is given, it says what is wrong with arguments of which some can't be read.
    """

    unread: Callable[[list[str]], NoReturn] | None = None

    def __init__(self, **options: Any) -> None:
        # argparse lays out help texts even where none is asked for; with a width it doesn't have to
        # look for the terminal's, which takes longer than to read the arguments
        super().__init__(formatter_class=partial(argparse.HelpFormatter, width=80), **options)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does it, but ``NAME -o FILE LAYER`` may be written with and without LAYER."""
        found, rest = super().parse_known_args(args, namespace)
        # argparse takes what may be left out for left out as soon as an option comes before it
        for each in self._get_positional_actions():
            waits = each.nargs == "?" and getattr(found, each.dest, None) is None
            if waits and rest and not rest[0].startswith("-"):
                setattr(found, each.dest, rest.pop(0))
        if rest and self.unread is not None:
            self.unread(list(args))
        return found, rest

    def error(self, message: str) -> NoReturn:
        # argparse names Python's types, which say nothing to somebody who doesn't write Python
        plain = message.replace("invalid int value:", "a whole number is needed, not")
        refuse(self.prog, f"{plain} (--help shows what there is)")
