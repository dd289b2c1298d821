"""The sweep of a leg: two parties that move evenly between their fixes, held against an oracle."""

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from host.proximity.cause import VictimCause
from host.proximity.fix import make_fix
from host.proximity.track import Track
from host.registry.types import Order
from tests.host.proximity.pair import PLACE, START_MS, Pair, levels, shifted

Leg = tuple[float, float, float, float, float, float]  # start and end: seconds, north, east

FAR = Order("order", 1, "he", ("she",), alert_m=50_000, pre_alert_m=90_000)

METRES = st.integers(-1500, 1500)


def track_of(leg: Leg) -> Track:
    track = Track()
    for sequence, (at_s, north_m, east_m) in enumerate((leg[:3], leg[3:]), 1):
        at_ms = START_MS + round(1000 * at_s)
        fix = make_fix("unit", sequence, at_ms, *shifted(PLACE, north_m, east_m), 5)
        assert track.believe(fix) == ""
    return track


def cause_of(victim: Track) -> VictimCause:
    return VictimCause(FAR, "she", victim)


@st.composite
def legs(draw: st.DrawFn) -> Leg:
    """A leg of 1 to 100 s within the first two minutes, at a credible speed."""
    start_s, took_s = draw(st.integers(0, 50)), draw(st.integers(1, 100))
    north_m, east_m = draw(METRES), draw(METRES)
    share = st.floats(-1, 1)
    ran_m = 25 * took_s  # on each axis: at most 36 m/s
    return (
        start_s,
        north_m,
        east_m,
        start_s + took_s,
        north_m + draw(share) * ran_m,
        east_m + draw(share) * ran_m,
    )


def place_at(leg: Leg) -> Callable[[float], tuple[float, float]]:
    start_s, north_m, east_m, end_s, to_north_m, to_east_m = leg

    def at(second: float) -> tuple[float, float]:
        share = min(1.0, (second - start_s) / (end_s - start_s))
        return north_m + share * (to_north_m - north_m), east_m + share * (to_east_m - east_m)

    return at


@given(legs(), legs())
def test_the_sweep_finds_what_a_dense_interpolation_finds(he: Leg, she: Leg) -> None:
    start_s, end_s = max(he[0], she[0]), max(he[3], she[3])
    assume(start_s < he[3])
    his, hers = place_at(he), place_at(she)
    distances = []
    for step in range(2001):
        second = start_s + (end_s - start_s) * step / 2000
        (north, east), (to_north, to_east) = his(second), hers(second)
        distances.append(((north - to_north) ** 2 + (east - to_east) ** 2) ** 0.5)
    offender, victim = track_of(he), track_of(she)
    (measured,) = cause_of(victim).measure(offender, offender)
    # The oracle looks every 0.1 s at most, in which the two close in by less than 8 m.
    assert measured.nearest_m == pytest.approx(min(distances), abs=4)
    assert measured.nearest_m <= min(distances) + 0.5
    assert measured.start_m == pytest.approx(distances[0], abs=0.5)


def test_a_gap_in_her_positions_makes_no_crossing_of_a_follower() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, -3000)
    # She drives ahead at 30 m/s, unseen for 90 s; he follows as fast, 3 km behind.
    told = [one for s in range(10, 91, 10) for one in levels(pair.offends(s, -3000 + 30 * s))]
    before = pair.level
    told += levels(pair.walks(90, 2700))
    assert pair.level == before
    assert "swept" not in [reason for _, reason in told]


def test_a_meeting_while_she_was_not_seen_is_found_when_she_is() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, 2200)
    pair.offends(60, 2200)
    assert levels(pair.walks(60, 0)) == []
    # Both drive past each other; her fix comes last.
    assert levels(pair.offends(118, 500, 1400)) == []
    assert levels(pair.walks(120, 2200)) == [("pre_alert", "swept")]


def test_a_fix_without_a_leg_sweeps_nothing() -> None:
    offender, victim = Track(), track_of((0, 0, 0, 10, 100, 0))
    offender.believe(make_fix("unit", 1, START_MS, *shifted(PLACE, 900, 0), 5))
    (measured,) = cause_of(victim).measure(offender, offender)
    assert measured.nearest_m == measured.start_m == measured.distance_m


def test_a_leg_older_than_all_that_is_known_of_the_other_is_not_swept() -> None:
    offender = track_of((0, -300, 0, 20, 400, 0))
    victim = track_of((60, 0, 0, 70, 0, 0))
    (measured,) = cause_of(victim).measure(offender, offender)
    assert measured.nearest_m == measured.distance_m
