"""A wrong rule, and how it is applied."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

Patches = Iterator[tuple[Any, str, Any]]
Rule = Callable[[], Patches]


class Rules(dict[str, Rule]):
    """Wrong rules by name, each of which yields what it patches."""

    def mutant(self, rule: Rule) -> Rule:
        """Register a rule under the name of its function."""
        assert rule.__name__ not in self
        self[rule.__name__] = rule
        return rule

    @contextmanager
    def wrong(self, name: str) -> Iterator[None]:
        """A rule is followed."""
        with ExitStack() as stack:
            for owner, attribute, thing in list(self[name]()):
                stack.enter_context(patch.object(owner, attribute, thing))
            yield


HOST = Rules()
UNITS = Rules()  # and of what lies between them and the host


def after(original: Callable[..., Any], change: Callable[..., Any]) -> Callable[..., Any]:
    """`original`, and then `change` of what it gave, which is also told what it was given."""
    return lambda *given: change(original(*given), *given)
