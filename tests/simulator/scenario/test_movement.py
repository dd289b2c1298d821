from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.ground import distance_m, offset_m
from simulator.scenario.movement import Node, along_track
from simulator.scenario.movement import Path as Way
from simulator.scenario.scenario import BadScenario, Scenario
from simulator.tracks.points import Point
from tests.simulator.scenes import scene


def _apart_m(scenario: Scenario, at_s: float) -> float:
    at_ms = scenario.at_ms(at_s)
    return distance_m(*(path.at(at_ms) for path in scenario.paths.values()))


def _with_legs(folder: Path, *legs: dict[str, Any], **changes: Any) -> Scenario:
    movement = {"at": {"north_m": 1000}, "legs": list(legs)}
    return scene(folder, duration_s=3600, units__B1__movement=movement, **changes)


def test_between_nodes_it_goes_straight_and_evenly_outside_of_them_it_rests() -> None:
    way = Way([Node(0, 0, 0), Node(1000, 1000, 0), Node(3000, 1000, 500)])
    assert [way.at(ms) for ms in (-5, 250, 2000, 9999)] == [
        (0, 0),
        (250, 0),
        (1000, 250),
        (1000, 500),
    ]
    assert way.speed_m_s(500) == pytest.approx(11.06, abs=0.01)
    assert way.course_deg(2000) == 90
    assert way.speed_m_s(-1) == way.speed_m_s(3000) == 0


def test_turns_say_when_it_begins_to_move_and_when_it_rests() -> None:
    way = Way([Node(0, 0, 0), Node(1000, 0, 0), Node(2000, 100_000, 0), Node(9000, 100_000, 0)])
    assert way.turns() == [(1000, True), (2000, False)]


def test_the_antimeridian_is_crossed_the_short_way() -> None:
    points = [Point(0, 0, 1_799_999_000), Point(1000, 0, -1_799_999_000)]
    assert along_track(points).at(500) == (0, -1_800_000_000)


def test_walk_and_drive_reach_their_places(tmp_path: Path) -> None:
    scenario = _with_legs(
        tmp_path,
        {"move": "stand", "for_s": 10},
        {"move": "walk", "to": {"north_m": 500}},
        {"move": "drive", "bearing_deg": 0, "distance_m": 1390},
    )
    assert _apart_m(scenario, 10) == pytest.approx(1000, abs=0.1)
    assert _apart_m(scenario, 10 + 500 / 1.4) == pytest.approx(500, abs=0.1)
    assert _apart_m(scenario, 10 + 500 / 1.4 + 100) == pytest.approx(1890, abs=0.1)


def test_an_approach_follows_whom_it_is_after(tmp_path: Path) -> None:
    hers = {"at": {}, "legs": [{"move": "walk", "bearing_deg": 90, "distance_m": 900}]}
    legs = [{"move": "approach", "unit": "V1", "to_m": 30, "speed_m_s": 3}]
    scenario = _with_legs(tmp_path, *legs, units__V1__movement=hers)
    nearest_m = min(_apart_m(scenario, at_s) for at_s in range(1200))
    assert nearest_m == pytest.approx(30, abs=1)
    assert scenario.paths["B1"].speed_max_m_s == pytest.approx(3, rel=0.1)


def test_leaving_ends_where_it_says(tmp_path: Path) -> None:
    scenario = _with_legs(tmp_path, {"move": "leave", "unit": "V1", "until_m": 1500})
    assert _apart_m(scenario, 3000) == pytest.approx(1500, abs=0.1)


@pytest.mark.parametrize("at_m", [0, 120, 900])
def test_passing_by_comes_as_near_as_it_says_and_leaves_her_on_the_left(
    tmp_path: Path, at_m: int
) -> None:
    leg = {"move": "pass_by", "unit": "V1", "at_m": at_m, "beyond_m": 700, "speed_m_s": 10}
    scenario = _with_legs(tmp_path, leg)
    apart = [_apart_m(scenario, at_s / 2) for at_s in range(600)]
    assert min(apart) == pytest.approx(at_m, abs=3)
    assert apart[-1] == pytest.approx((at_m**2 + 700**2) ** 0.5, abs=1)
    nearest_ms = scenario.at_ms(apart.index(min(apart)) / 2)
    _, east_m = offset_m(scenario.paths["B1"].at(nearest_ms), scenario.paths["V1"].at(nearest_ms))
    assert east_m >= -1  # he comes from the north: his left is the east


def test_legs_repeat(tmp_path: Path) -> None:
    legs = [
        {"move": "walk", "bearing_deg": 0, "distance_m": 14},
        {"move": "walk", "bearing_deg": 180, "distance_m": 14},
    ]
    movement = {"at": {"north_m": 1000}, "legs": legs, "repeat": 3}
    scenario = scene(tmp_path, duration_s=3600, units__B1__movement=movement)
    assert scenario.paths["B1"].nodes[-1].time_ms == pytest.approx(scenario.at_ms(60), abs=50)
    assert _apart_m(scenario, 50) == pytest.approx(1014, abs=0.1)


def test_two_who_follow_each_other_are_refused(tmp_path: Path) -> None:
    hers = {"at": {}, "legs": [{"move": "approach", "unit": "B1"}]}
    with pytest.raises(BadScenario, match="units that follow each other in a circle"):
        _with_legs(tmp_path, {"move": "approach", "unit": "V1"}, units__V1__movement=hers)


def test_a_recorded_track_is_a_path(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "time,lat,lon\n2020-01-01T00:00:00Z,14.61,-90.5\n2020-01-01T00:01:00Z,14.6,-90.5\n"
    )
    movement = {"track": "t.csv", "align": "start"}
    scenario = scene(tmp_path, units__B1__movement=movement)
    assert _apart_m(scenario, 60) == 0
    assert _apart_m(scenario, 30) == pytest.approx(553, abs=1)
    with pytest.raises(BadScenario, match="does not overlap the scenario's time; align: start"):
        scene(tmp_path, units__B1__movement={"track": "t.csv"})
