"""The judges are judged: each wrong rule is caught by a swarm of bounded size.

The worlds are fresh each time, so a rule that is caught by luck shows itself in time.
"""

from contextlib import AbstractContextManager

import pytest

from simulator.swarm.swarm import Found, swarm
from tests.conftest import SWARM_SEED
from tests.simulator.mutants import HOST, UNITS

WORLDS_MAX = 400  # within which each has to be caught
AT_A_TIME = 8


def caught(rule: AbstractContextManager[None]) -> Found | None:
    """The first world that fails while a rule is wrong."""
    with rule:  # the processes of a swarm are forked, and have it too
        for first in range(SWARM_SEED, SWARM_SEED + WORLDS_MAX, AT_A_TIME):
            for found in swarm(range(first, first + AT_A_TIME)):
                if found.failures:
                    return found
    return None


SLOW = (
    "records_are_believed_unsealed",  # most alterations of a record change nothing that shows
    # Shown only where somebody rushes and nobody hears of it: within about 200 worlds.
    "a_promise_outlives_its_time",
    "moving_off_shortens_no_promise",
    "who_moves_off_says_nothing",
)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.nightly] if name in SLOW else []) for name in UNITS],
)
def test_a_wrong_rule_of_units_or_custody_is_caught(name: str) -> None:
    assert caught(UNITS.wrong(name)) is not None


@pytest.mark.nightly
@pytest.mark.parametrize("name", HOST)
def test_a_wrong_rule_of_the_hosts_is_caught(name: str) -> None:
    assert caught(HOST.wrong(name)) is not None
