"""A wrong rule, and how it is applied to the host."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

Patches = Iterator[tuple[Any, str, Any]]

MUTANTS: dict[str, Callable[[], Patches]] = {}


@contextmanager
def wrong(name: str) -> Iterator[None]:
    """The host follows a wrong rule."""
    with ExitStack() as stack:
        for owner, attribute, thing in list(MUTANTS[name]()):
            stack.enter_context(patch.object(owner, attribute, thing))
        yield


def mutant(patches: Callable[[], Patches]) -> Callable[[], Patches]:
    MUTANTS[patches.__name__] = patches
    return patches


def after(original: Callable[..., Any], change: Callable[..., Any]) -> Callable[..., Any]:
    """`original`, and then `change` of what it gave, which is also told what it was given."""
    return lambda *given: change(original(*given), *given)
