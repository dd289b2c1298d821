"""What a late fix proves: only what was in force then, only about the same time."""

from typing import Any

import pytest

from host.proximity.fix import make_fix
from host.proximity.retrospect import was_inside, was_near
from host.proximity.types import Fix
from host.registry.types import Order, Weekly, Zone
from tests.host.proximity.pair import PLACE, START_MS, shifted

# START_MS is a Thursday (3), 14:26:40 in Guatemala.
SCHOOL = Zone("z", "school", (PLACE,), radius_m=100)
AFTERNOONS = (Weekly((3,), 14 * 60, 15 * 60),)
MORNINGS = (Weekly((3,), 8 * 60, 9 * 60),)


def fix(at_s: float, north_m: float, **terms: Any) -> Fix:
    at_ms = START_MS + round(at_s * 1000)
    return make_fix("B1", 1, at_ms, *shifted(PLACE, north_m, 0), a95_m=5, **terms)


@pytest.mark.parametrize(
    ("terms", "late", "hers", "expected"),
    [
        ({}, fix(0, 499), fix(0, 0), True),
        ({}, fix(0, 501), fix(0, 0), False),
        ({}, fix(0, 0), fix(120, 0), True),
        ({}, fix(0, 0), fix(-120.001, 0), False),
        ({}, fix(0, 0), fix(-9e6, 0, fixed=True), True),
        ({"suspended": True}, fix(0, 0), fix(0, 0), False),
        ({"valid_from_ms": START_MS + 1}, fix(0, 0), fix(0, 0), False),
        ({"valid_until_ms": START_MS}, fix(0, 0), fix(0, 0), False),
        ({"valid_until_ms": START_MS + 1}, fix(0, 0), fix(0, 0), True),
        ({"schedule": MORNINGS}, fix(0, 0), fix(0, 0), False),
        ({"schedule": AFTERNOONS}, fix(0, 0), fix(0, 0), True),
    ],
)
def test_nearness(terms: dict[str, Any], late: Fix, hers: Fix, expected: bool) -> None:
    assert was_near(Order("O1", 1, "juan", ("ana",), **terms), late, hers) is expected


@pytest.mark.parametrize(
    ("zone", "terms", "north_m", "expected"),
    [
        (SCHOOL, {}, 99, True),
        (SCHOOL, {}, 101, False),
        (SCHOOL, {"suspended": True}, 0, False),
        (Zone("z", "school", (PLACE,), radius_m=100, schedule=MORNINGS), {}, 0, False),
        (Zone("z", "school", (PLACE,), radius_m=100, schedule=AFTERNOONS), {}, 0, True),
    ],
)
def test_trespass(zone: Zone, terms: dict[str, Any], north_m: float, expected: bool) -> None:
    order = Order("O1", 1, "juan", (), zones=(zone,), **terms)
    assert was_inside(order, fix(0, north_m)) is expected
