"""The judges are judged: each wrong rule is caught by a swarm of bounded size.

The worlds are fresh each time, so a rule that is caught by luck shows itself in time.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from simulator.swarm.swarm import Found, swarm
from tests import simulator  # noqa: F401
from tests.conftest import SWARM_SEED
from tests.simulator import mutants
from tests.simulator.swarm import unit_mutants

WORLDS_MAX = 160  # within which each has to be caught
_AT_A_TIME = 8

Wrong = Callable[[], AbstractContextManager[None]]
RULES: dict[str, Wrong] = {
    **{name: lambda name=name: mutants.wrong(name) for name in mutants.MUTANTS},
    **{name: lambda name=name: unit_mutants.wrong(name) for name in unit_mutants.MUTANTS},
}


def caught(rule: Wrong) -> Found | None:
    """The first world that fails under it."""
    for first in range(SWARM_SEED, SWARM_SEED + WORLDS_MAX, _AT_A_TIME):
        with rule():
            found = list(swarm(range(first, first + _AT_A_TIME)))
        for one in found:
            if one.failures and not one.known:
                return one
    return None


@pytest.mark.parametrize("name", RULES)
def test_a_wrong_rule_is_caught(name: str) -> None:
    found = caught(RULES[name])
    assert found is not None, f"no world of {WORLDS_MAX} shows it"
