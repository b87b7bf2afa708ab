"""Room for models that are nested more deeply than Python usually lets anything call itself."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

FRAMES = 16
"""How many calls one level of nesting may take: PyTorch makes four to run a module in another."""
STACK = 16 * 1024
"""How many bytes of the thread's stack one level of nesting may take; it takes about a quarter."""
SHALLOW = 40
"""So many levels fit anywhere."""


def with_room(depth: int, work: Callable[[], Answer]) -> Answer:
    """Do this work on a model of that depth, with as much stack as such a depth takes.

    The stack of a thread has its size from the start, so a deep model is worked on in a thread of
    its own. Whatever `work` raises is raised here.
    """
    if depth <= SHALLOW:
        return work()
    answers: list[Answer] = []
    problems: list[BaseException] = []

    def inside() -> None:
        try:
            answers.append(work())
        except BaseException as problem:
            problems.append(problem)

    limit, size = sys.getrecursionlimit(), threading.stack_size()
    thread = threading.Thread(target=inside, daemon=True)
    try:
        sys.setrecursionlimit(max(limit, 1000 + FRAMES * depth))
        threading.stack_size(2**24 + STACK * depth)
        thread.start()
        threading.stack_size(size)
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if problems:
        raise problems[0]
    return answers[0]
