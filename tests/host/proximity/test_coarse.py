"""Accuracy caps a level as the source does, and what is coarse does not stick."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.proximity.estimate import (
    ENTER_PROBABILITY,
    LEAVE_PROBABILITY,
    can_show,
    probability_within,
)
from host.proximity.levels import FINE_A95_M
from host.proximity.types import Level
from host.registry.types import Zone
from tests.host.proximity.pair import PLACE, Pair, levels, shifted

UNUSED_DOP_M = 999.9  # what a receiver says of a constellation that it does not use
distances_m = st.floats(0, 5_000)
limits_m = st.floats(1, 2_000)
sigmas_m = st.floats(1, 3_000)


@given(distances_m, limits_m, sigmas_m)
def test_what_cannot_show_a_limit_is_sure_to_be_outside_of_it(
    distance_m: float, limit_m: float, sigma: float
) -> None:
    probability = probability_within(distance_m, limit_m, sigma)
    if not can_show(limit_m, sigma):
        assert probability <= LEAVE_PROBABILITY + 1e-5
    if probability >= ENTER_PROBABILITY:
        assert can_show(limit_m, sigma)


def test_1800_m_of_accuracy_are_no_contact() -> None:
    pair = Pair()
    pair.walks(0, 0)
    assert levels(pair.offends(1, 11, a95_m=1800)) == [("alert", "distance")]
    assert levels(pair.offends(5, 11)) == [("breach", "distance")]


@given(st.floats(1, FINE_A95_M), st.floats(1, FINE_A95_M), st.integers(1, 1000))
def test_a_fine_fix_of_satellites_is_as_early_as_ever(his: float, hers: float, limit: int) -> None:
    pair = Pair(contact_m=limit, alert_m=1000)
    pair.walks(0, 0, a95_m=hers)
    pair.offends(1, max(0, limit - 1), a95_m=his)
    assert pair.level is Level.BREACH


@pytest.mark.parametrize("a95_m", [101, 200, 500])
def test_so_is_a_poor_one(a95_m: float) -> None:
    pair = Pair()
    pair.walks(0, 0, a95_m=a95_m)
    assert levels(pair.offends(1, 99, a95_m=a95_m)) == [("breach", "distance")]


@pytest.mark.parametrize(("both", "highest"), [(False, "alert"), (True, "alert")])
def test_the_accuracy_of_an_unused_constellation_on_every_fix(both: bool, highest: str) -> None:
    """Far apart it raises nothing; what it raised is over when they are far apart again."""
    pair, said = Pair(), []
    hers = {"a95_m": UNUSED_DOP_M} if both else {}
    for second in range(0, 600, 5):
        pair.walks(second, 0.01 * second, **hers)
        said += levels(pair.offends(second, 3000 + second, a95_m=UNUSED_DOP_M))
    assert said == []
    for second in range(600, 700, 5):
        pair.walks(second, 0.01 * second, **hers)
        said += levels(pair.offends(second, 3600 - 36 * (second - 600), a95_m=UNUSED_DOP_M))
    assert said[-1][0] == highest
    for second in range(700, 1000, 5):
        pair.walks(second, 0.01 * second, **hers)
        said += levels(pair.offends(second, 36 * (second - 700), a95_m=UNUSED_DOP_M))
    assert pair.level is Level.CLEAR


def test_one_that_may_be_within_counts_neither_for_nor_against() -> None:
    pair = Pair()
    pair.both(0, 90)
    for second in range(10, 120, 10):
        pair.both(second, 90 + 39 * second)
    pair.offends(121, 4700, a95_m=3000)  # 95 % sure of nothing
    # 120 s after the first that was outside, as if there had been nothing in between.
    assert levels(pair.both(130, 5000)) == [("alert", "evidence")]
    pair = Pair()
    pair.both(0, 90)
    for second in range(10, 1000, 10):
        pair.walks(second, 0.01 * second)
        assert levels(pair.offends(second, 250 + second / 100, a95_m=300)) == []
    assert pair.level is Level.BREACH


@pytest.mark.parametrize(("radius_m", "level"), [(50, Level.PRE_ALERT), (2000, Level.BREACH)])
def test_a_zone_is_entered_by_what_can_show_that_somebody_is_in_it(
    radius_m: int, level: Level
) -> None:
    zone = Zone("z", "school", (shifted(PLACE, 0, 0),), radius_m=radius_m, margin_m=100)
    pair = Pair(zones=(zone,))
    pair.offends(0, 11, a95_m=1800)
    assert pair.level is level


def test_one_that_shows_the_level_starts_the_count_anew() -> None:
    pair = Pair()
    pair.both(0, 900)
    for second in range(10, 70, 10):
        pair.both(second, 900 + 20 * second)
    pair.offends(75, 600, a95_m=500)  # it may be wrong, and shows a pre-alert all the same
    said = []
    for second in range(80, 220, 10):
        said += levels(pair.both(second, 2200))
        assert said == [] or second >= 80 + 120
    assert said == [("clear", "evidence")]
