"""When orders bind: by hand."""

from datetime import datetime

import pytest

from host.registry.types import Order, Weekly, Zone
from simulator.judges.second.calendar import (
    NEVER_MS,
    in_force,
    next_change_ms,
    next_zone_change_ms,
    zone_in_force,
)

MORNINGS = (Weekly((0,), 7 * 60, 12 * 60),)  # Mondays
NIGHTS = (Weekly((4,), 22 * 60, 6 * 60),)  # from Friday to Saturday


def at(written: str) -> int:
    return round(datetime.fromisoformat(written).timestamp() * 1000)


def order(**terms: object) -> Order:
    return Order("o", 1, "he", ("she",), **terms)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("terms", "moment", "binds"),
    [
        ({}, "2026-03-02T12:00:00Z", True),
        ({"suspended": True}, "2026-03-02T12:00:00Z", False),
        ({"valid_from_ms": at("2026-03-02T12:00:00Z")}, "2026-03-02T12:00:00Z", True),
        ({"valid_until_ms": at("2026-03-02T12:00:00Z")}, "2026-03-02T12:00:00Z", False),
        ({"schedule": MORNINGS}, "2026-03-02T13:00:00Z", True),  # 07:00 in Guatemala
        ({"schedule": MORNINGS}, "2026-03-02T12:59:59Z", False),
        ({"schedule": MORNINGS}, "2026-03-02T18:00:00Z", False),
        ({"schedule": MORNINGS}, "2026-03-03T14:00:00Z", False),  # a Tuesday
        ({"schedule": NIGHTS}, "2026-03-07T11:59:59Z", True),  # Saturday, 05:59
        ({"schedule": NIGHTS}, "2026-03-07T12:00:00Z", False),
        ({"schedule": NIGHTS, "time_zone": "Europe/Madrid"}, "2026-03-06T21:00:00Z", True),
        ({"schedule": NIGHTS, "time_zone": "Europe/Madrid"}, "2026-07-03T20:00:00Z", True),
    ],
)
def test_when_an_order_binds(terms: dict[str, object], moment: str, binds: bool) -> None:
    assert in_force(order(**terms), at(moment)) is binds


def test_when_that_changes_next() -> None:
    now_ms = at("2026-03-02T12:00:00Z")
    ends_ms, over_ms = at("2026-03-02T18:00:00Z"), at("2026-03-02T11:00:00Z")
    assert next_change_ms(order(), now_ms) == NEVER_MS
    assert next_change_ms(order(schedule=MORNINGS), now_ms) == at("2026-03-02T13:00:00Z")
    assert next_change_ms(order(schedule=MORNINGS), at("2026-03-02T13:00:00Z")) == ends_ms
    assert next_change_ms(order(schedule=MORNINGS, valid_until_ms=over_ms), now_ms) == NEVER_MS
    assert next_change_ms(order(schedule=MORNINGS, suspended=True), now_ms) == NEVER_MS


def test_windows_that_follow_each_other_are_one() -> None:
    windows = (*MORNINGS, Weekly((0,), 12 * 60, 13 * 60))
    noon_ms = at("2026-03-02T19:00:00Z")
    assert next_change_ms(order(schedule=windows), at("2026-03-02T13:00:00Z")) == noon_ms


def test_a_zone_has_hours_of_its_own() -> None:
    zone = Zone("z", "school", ((0, 0),), 300, schedule=MORNINGS)
    seven_ms = at("2026-03-02T13:00:00Z")
    assert not zone_in_force(order(), zone, seven_ms - 1)
    assert zone_in_force(order(), zone, seven_ms)
    assert next_zone_change_ms(order(), zone, seven_ms - 1) == seven_ms
