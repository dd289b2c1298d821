"""Fixed zones of one order: margins, insides, crossings, edits, hours."""

from dataclasses import replace
from typing import Any

import pytest

from host.proximity.fence import Fence
from host.proximity.order import OrderState
from host.proximity.types import Condition, Level
from host.registry.types import Order, Weekly, Zone
from tests.host.proximity.pair import PLACE, START_MS, Pair, levels, shifted


def circle(**terms: Any) -> Zone:
    return Zone("z", "school", (PLACE,), radius_m=300, margin_m=200, **terms)


def square() -> Zone:
    corners = tuple(shifted(PLACE, n, e) for n, e in ((0, 0), (0, 400), (400, 400), (400, 0)))
    return Zone("z", "school", corners, margin_m=200)


@pytest.mark.parametrize("zone", [circle(), square()])
def test_a_zone_has_a_margin_and_an_inside(zone: Zone) -> None:
    pair = Pair(zones=(zone,))
    pair.walks(0, 100_000)
    seen = []
    for s, north_m in enumerate((-2000, -690, -490, 10)):
        seen += levels(pair.offends(s * 60, north_m, 10))
    assert [level for level, _ in seen] == ["pre_alert", "alert", "breach"][-len(seen) :]
    assert pair.level is Level.BREACH


def test_crossing_a_zone_between_two_fixes_is_seen() -> None:
    pair = Pair(zones=(square(),))
    pair.walks(0, 100_000)
    pair.offends(0, 200, -1500)
    assert levels(pair.offends(60, 200, 900)) == [("breach", "swept")]


def test_a_zone_edited_while_somebody_is_inside_is_judged_at_once() -> None:
    pair = Pair()
    pair.walks(0, 100_000)
    pair.offends(0, 0)
    now_ms = START_MS + 5000
    zoned = Pair(zones=(circle(),))
    state = OrderState(
        replace(zoned.order, version=2), pair.offender, (pair.victim,), (Fence(circle()),), now_ms
    )
    state.restore(pair.state.state(), now_ms)
    assert levels(state.judge_anew(now_ms)) == [("breach", "distance")]


def test_a_zone_out_of_its_hours_is_no_zone() -> None:
    pair = Pair(zones=(circle(schedule=(Weekly((3,), 14 * 60 + 30, 15 * 60),)),))
    pair.walks(0, 100_000)
    pair.offends(0, 0)
    assert pair.level is Level.CLEAR
    assert levels(pair.passes(200)) == [("breach", "distance")]


def test_nothing_is_promised_beyond_the_moment_at_which_a_zone_comes_into_force() -> None:
    pair = Pair(zones=(circle(schedule=(Weekly((3,), 14 * 60 + 30, 15 * 60),)),))
    pair.walks(0, 100_000)
    pair.offends(0, 0)
    assert pair.condition is Condition.ASSURED
    assert pair.state.until_ms == START_MS + 200_000


def test_an_order_may_protect_zones_only() -> None:
    order = Order("order", 1, "he", (), zones=(circle(),))
    pair = Pair(zones=(circle(),))
    state = OrderState(order, pair.offender, (), (Fence(circle()),), START_MS)
    pair.state = state
    assert levels(pair.offends(0, 100)) == [("breach", "distance")]
