from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from host.registry.types import Zone
from simulator.judges.oracle import Breach, Felt, Oracle
from simulator.judges.truth import zone_distance_m
from simulator.scenario.ground import moved
from simulator.scenario.scenario import Scenario
from tests.simulator.scenes import scene

HER = "victim:ana"


def _come_and_go(folder: Path, away_s: float = 0, **changes: Any) -> Scenario:
    """From 2,000 m straight over her and on, at 10 m/s; then, after `away_s`, back again."""
    legs = [
        {"move": "drive", "bearing_deg": 180, "distance_m": 4000, "speed_m_s": 10},
        {"move": "stand", "for_s": away_s},
        {"move": "drive", "bearing_deg": 0, "distance_m": 2000, "speed_m_s": 10},
    ]
    movement = {"at": {"north_m": 2000}, "legs": legs}
    return scene(folder, duration_s=1800, units__B1__movement=movement, **changes)


def _seconds(scenario: Scenario, breaches: list[Breach]) -> list[tuple[str, int]]:
    return [(one.kind, round((one.at_ms - scenario.start_ms) / 1000)) for one in breaches]


def test_each_limit_counts_once_an_approach(tmp_path: Path) -> None:
    scenario = _come_and_go(tmp_path)
    breaches = Oracle(scenario).breaches([])
    assert _seconds(scenario, breaches) == [
        ("distance", 150),
        ("contact", 190),
        ("distance", 550),
        ("contact", 590),
    ]
    assert all(breach.missed and breach.lead_ms is None for breach in breaches)


def test_a_limit_that_is_not_clearly_left_for_two_minutes_counts_no_second_time(
    tmp_path: Path,
) -> None:
    legs = [
        {"move": "drive", "bearing_deg": 180, "distance_m": 600, "speed_m_s": 10},
        {"move": "drive", "bearing_deg": 0, "distance_m": 400, "speed_m_s": 10},
        {"move": "drive", "bearing_deg": 180, "distance_m": 400, "speed_m_s": 10},
    ]
    movement = {"at": {"north_m": 1000}, "legs": legs}
    scenario = scene(tmp_path, duration_s=600, units__B1__movement=movement)
    assert _seconds(scenario, Oracle(scenario).breaches([])) == [("distance", 50)]


@pytest.mark.parametrize(
    ("felt_s", "lead_s", "missed"),
    [
        (95, 55, False),
        (150, 0, False),
        (180, -30, False),
        (181, -31, True),
        (25, None, True),  # more than a minute before the approach: another matter
        (900, None, True),
    ],
)
def test_lead_times_count_from_the_first_warning_of_the_approach(
    tmp_path: Path, felt_s: int, lead_s: int | None, missed: bool
) -> None:
    scenario = _come_and_go(tmp_path)
    felt = [Felt("o1", HER, scenario.at_ms(at_s)) for at_s in (felt_s, 1000)]
    first = Oracle(scenario).breaches(felt)[0]
    assert first.missed == missed
    if lead_s is None:
        assert first.lead_ms is None
    else:
        assert first.lead_ms == pytest.approx(lead_s * 1000, abs=250)


def test_only_a_warning_of_that_order_and_cause_counts(tmp_path: Path) -> None:
    scenario = _come_and_go(tmp_path)
    at_ms = scenario.at_ms(120)
    felt = [Felt("o1", "zone:home", at_ms), Felt("o2", HER, at_ms)]
    assert all(breach.missed for breach in Oracle(scenario).breaches(felt))


def test_approaches_far_apart_in_time_have_warnings_of_their_own(tmp_path: Path) -> None:
    scenario = _come_and_go(tmp_path, away_s=400)
    felt = [Felt("o1", HER, scenario.at_ms(100))]
    leads = [breach.lead_ms for breach in Oracle(scenario).breaches(felt)]
    assert [lead is None for lead in leads] == [False, False, True, True]


def test_what_is_not_in_force_is_no_breach_and_being_near_when_it_begins_is(tmp_path: Path) -> None:
    order = {"offender": "juan", "protected": ["ana"], "valid_from_s": 170}
    scenario = _come_and_go(tmp_path, orders__o1=order)
    assert _seconds(scenario, Oracle(scenario).breaches([]))[:2] == [
        ("distance", 170),
        ("contact", 190),
    ]


def test_a_breach_that_lasts_half_a_second_is_seen(tmp_path: Path) -> None:
    leg = {"move": "pass_by", "unit": "V1", "at_m": 499.75, "beyond_m": 9000, "speed_m_s": 40}
    movement = {"at": {"north_m": 9000}, "legs": [leg]}
    scenario = scene(tmp_path, duration_s=600, units__B1__movement=movement)
    assert [one.kind for one in Oracle(scenario).breaches([])] == ["distance"]


def test_entering_a_zone_is_a_breach(tmp_path: Path) -> None:
    order = {
        "offender": "juan",
        "protected": ["ana"],
        "zones": {"home": {"at": {"north_m": 1000}, "radius_m": 100}},
    }
    scenario = _come_and_go(tmp_path, orders__o1=order)
    zone = [one for one in Oracle(scenario).breaches([]) if one.cause == "zone:o1.home"]
    assert _seconds(scenario, zone) == [("zone", 90)]


def test_an_alarm_is_false_when_nothing_near_was_there(tmp_path: Path) -> None:
    scenario = _come_and_go(tmp_path)
    oracle = Oracle(scenario)
    # Within 550 m from 145 s to 255 s: from 115 s until 375 s an alert has its reason.
    verdicts = [oracle.is_false("o1", HER, 500, scenario.at_ms(s)) for s in (114, 116, 374, 376)]
    assert verdicts == [True, False, False, True]


corner = st.tuples(st.integers(-900, 900), st.integers(-900, 900))


@given(st.lists(corner, min_size=3, max_size=6, unique=True), corner)
def test_distances_from_zones_are_shapelys(
    corners: list[tuple[int, int]], place: tuple[int, int]
) -> None:
    polygon = Polygon(corners)
    if not polygon.is_valid or polygon.area < 100:
        return
    origin = (146_000_000, -905_000_000)
    zone = Zone("z", "z", tuple(moved(origin, *one) for one in corners))
    expected_m = polygon.distance(Point(place))
    assert zone_distance_m(zone, moved(origin, *place)) == pytest.approx(expected_m, abs=0.6)


def test_a_hole_is_outside_and_a_circle_is_round() -> None:
    origin = (0, 0)

    def square(half: int) -> tuple[tuple[int, int], ...]:
        sides = ((half, half), (half, -half), (-half, -half), (-half, half))
        return tuple(moved(origin, *one) for one in sides)

    ring = Zone("z", "z", square(500), holes=(square(200),))
    assert zone_distance_m(ring, origin) == pytest.approx(200, abs=0.1)
    assert zone_distance_m(ring, moved(origin, 300, 0)) == 0
    circle = Zone("z", "z", (origin,), radius_m=300)
    assert zone_distance_m(circle, moved(origin, 300, 400)) == pytest.approx(200, abs=0.1)
