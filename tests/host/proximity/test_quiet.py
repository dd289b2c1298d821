"""The quiet clock: from when on it is an alarm that nothing is promised."""

from random import Random

import pytest

from host.proximity.pace import KEPT_MS
from host.proximity.quiet import Quiet
from host.proximity.types import Condition, ConditionChange, Unquiet
from host.registry.types import Strength, Weekly, Zone
from tests.host.proximity.pair import PLACE, START_MS, Pair, alarmed, conditions

ALWAYS = Weekly(tuple(range(7)), 0, 24 * 60)
OLD_S = 700.0  # no order is new any more, and who moved before rests
QUIET = Quiet(still_m_s=4, town_m_s=14, road_m_s=33, hold_ms=600_000, night_hold_ms=900_000)


def at_home(north_m: float, quiet: Quiet = QUIET) -> Pair:
    """Both have rested since long ago, so far from each other, and were just heard."""
    pair = Pair(strength=Strength.SUPERVISED)
    pair.state.quiet = quiet
    for s in (0.0, OLD_S):
        pair.walks(s, 0, at_rest=True)
        pair.offends(s, north_m, at_rest=True)
    return pair


def silent(pair: Pair, until_s: float = 4000) -> dict[str, float]:
    """He is missed at OLD_S and heard no more; she goes on resting. When first what was said, in
    seconds: a condition, or "alarm"."""
    pair.offender.moved_off(START_MS + int(OLD_S * 1000), 0)
    pair.offender.due_ms = START_MS + int(OLD_S * 1000)
    said: dict[str, float] = {}
    for s in range(int(OLD_S), int(until_s), 5):
        for one in pair.walks(s, 0, at_rest=True):
            if isinstance(one, ConditionChange | Unquiet):
                what = str(one.after) if isinstance(one, ConditionChange) else "alarm"
                said.setdefault(what, (one.at_ms - START_MS) / 1000)
    return said


def test_the_promise_ends_at_once_and_becomes_an_alarm_when_he_may_plausibly_be_near() -> None:
    said = silent(at_home(2000))
    assert said["unassured"] < OLD_S + 60
    assert said["alarm"] == pytest.approx(OLD_S + (2000 - 500 - 10) / 4, abs=2)


def test_whatever_is_plausible_an_alarm_is_held_no_longer_than_the_policy_allows() -> None:
    said = silent(at_home(20_000))
    assert said["alarm"] == pytest.approx(said["unassured"] + 600, abs=1)


@pytest.mark.parametrize(("from_minute", "until_minute", "held_s"), [(0, 1440, 900), (0, 1, 600)])
def test_by_night_it_may_be_held_longer(from_minute: int, until_minute: int, held_s: float) -> None:
    night = Weekly(tuple(range(7)), from_minute, until_minute)
    said = silent(at_home(20_000, QUIET._replace(night=(night,))))
    assert said["alarm"] == pytest.approx(said["unassured"] + held_s, abs=1)


def test_by_night_it_is_held_no_longer_once_somebody_has_moved() -> None:
    pair = at_home(20_000, QUIET._replace(night=(ALWAYS,)))
    pair.offender.memory.stir(START_MS + int(OLD_S * 1000))
    said = silent(pair)
    assert said["alarm"] == pytest.approx(said["unassured"] + 600, abs=1)


def test_a_gap_that_ends_in_time_is_none() -> None:
    pair = at_home(6000)
    assert "alarm" not in silent(pair, OLD_S + 240)
    pair.offends(OLD_S + 240, 6000, at_rest=True)
    assert pair.condition in (Condition.ASSURED, Condition.WATCHED)


def test_where_he_may_be_near_already_the_alarm_comes_with_the_promises_end() -> None:
    pair = Pair()
    pair.state.quiet = QUIET
    for s in range(0, 120, 5):
        pair.both(s, 4000 - 25 * s)
    said = pair.passes(240)
    assert alarmed(said) == ["overdue_offender"]
    ended_ms = next(one.at_ms for one in said if isinstance(one, Unquiet))
    assert ended_ms - START_MS < 150_000
    assert conditions(said)[-1] == ("unassured", "overdue_offender")


@pytest.mark.parametrize(
    ("leg_m_s", "plausible_m_s"), [(0.0, 4.0), (5.0, 14.0), (12.0, 18.0), (16.0, 33.0), (30, 40.0)]
)
def test_what_is_plausible_is_never_below_one_and_a_half_times_what_was_seen(
    leg_m_s: float, plausible_m_s: float
) -> None:
    pair = Pair()
    for s in range(0, 60, 10):
        pair.offends(s, 9000 - leg_m_s * s, a95_m=0, at_rest=not leg_m_s)
    known_ms = START_MS + 50_000
    assert QUIET.speed_m_s(pair.offender, known_ms) == pytest.approx(plausible_m_s, abs=0.1)
    assert QUIET.speed_m_s(pair.offender, known_ms + KEPT_MS + 60_000) == 4.0


def test_accuracies_are_no_way_and_a_standing_receiver_no_pace() -> None:
    random = Random()
    pair = Pair()
    for s in range(0, 600, 10):
        pair.offends(s, random.gauss(0, 5), random.gauss(0, 5), a95_m=25, at_rest=True)
    assert (pair.offender.memory.pace.fastest_m_s, pair.offender.memory.pace.moved_ms) == (0.0, 0)


def test_a_zone_has_its_own_clock() -> None:
    school = Zone("school", "school", (PLACE,), radius_m=200, margin_m=100)
    pair = Pair(zones=(school,), strength=Strength.SUPERVISED)
    pair.state.quiet = QUIET
    for s in (0.0, OLD_S):
        pair.walks(s, 40_000, at_rest=True)
        pair.offends(s, 1500, at_rest=True)
    pair.offender.moved_off(START_MS + int(OLD_S * 1000), 0)
    pair.offender.due_ms = START_MS + int(OLD_S * 1000)
    alarms = []
    for s in range(int(OLD_S), 2000, 5):
        said = pair.walks(s, 40_000, at_rest=True)
        alarms += [one.at_ms for one in said if isinstance(one, Unquiet)]
    assert (alarms[0] - START_MS) / 1000 == pytest.approx(OLD_S + (1500 - 300 - 5) / 4, abs=2)


def test_the_clock_survives_a_restart() -> None:
    pair = at_home(20_000)
    pair.offender.moved_off(START_MS + int(OLD_S * 1000), 0)
    pair.offender.due_ms = START_MS + int(OLD_S * 1000)
    said = [one for s in range(int(OLD_S), 1200, 5) for one in pair.walks(s, 0, at_rest=True)]
    assert not alarmed(said)
    state = pair.state.state()
    pair.state.restore(state, START_MS + 1_200_000)
    pair.state.judge_anew(START_MS + 1_200_000)
    assert pair.state.state() == state
    (lost,) = [one for one in said if isinstance(one, ConditionChange)]
    assert pair.state.announced.unassured_ms == lost.at_ms


def test_a_state_of_before_there_was_a_clock_has_raised_its_alarm() -> None:
    pair = at_home(20_000)
    state = pair.state.state()[:4]
    state[1] = "unassured"
    pair.state.restore(state, START_MS + 800_000)
    assert not alarmed(pair.state.contact(START_MS + 800_000))
