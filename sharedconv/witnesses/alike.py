"""Large models repeat few layers: what is asked of one is known of all that are alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from torch import nn
from torch.nn.parameter import is_lazy

Shape = tuple[int, ...] | None
Answer = TypeVar("Answer")


class OnceForAlike(Generic[Answer]):
    """A question about a module's hyperparameters and input shape, asked once for all alike.

    Alike are modules of one class whose own attributes are equal and whose parameters have the
    same names and shapes. One with other modules inside is like nothing else.
    """

    def __init__(self, question: Callable[[nn.Module, Shape], Answer]) -> None:
        self._question = question
        self._answers: dict[Hashable, Answer] = {}

    def __call__(self, module: nn.Module, shape: Shape = None) -> Answer:
        """The answer for this module on an input of this shape."""
        key = None if module._modules else _key(module, shape)
        try:
            return self._answers[key]
        except TypeError:  # an attribute that can't be a key, such as a dict
            key = None
        except KeyError:
            pass
        answer = self._question(module, shape)
        if key is not None:
            self._answers[key] = answer
        return answer


def _key(module: nn.Module, shape: Shape) -> tuple[object, ...]:
    attributes = [
        (name, tuple(each) if type(each) is list else each)
        for name, each in vars(module).items()
        # what torch.nn.Module keeps for itself, and the mode, which changes no size
        if name[0] != "_" and name != "training"
    ]
    parameters = [
        (name, None if each is None or is_lazy(each) else each.shape, each is None)
        for name, each in module._parameters.items()
    ]
    return type(module), shape, *attributes, *parameters
