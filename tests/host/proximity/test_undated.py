"""A position whose time cannot be true shows where somebody is: it raises, and no more."""

import json

import pytest

from host.proximity.fix import pack, unpack
from host.proximity.track import LATE, Track
from host.proximity.types import Condition, Level
from tests.host.proximity.pair import Pair, levels
from tests.host.proximity.test_hypothesis import apart
from tests.host.proximity.test_track import fix_at


def test_it_raises_a_level_at_once() -> None:
    pair = Pair()
    pair.both(0, 5000)
    assert levels(pair.offends(10, 80, dated=False)) == [("breach", "distance")]


def test_so_does_the_way_to_it_and_from_it() -> None:
    pair = Pair()
    pair.both(0, -700)
    assert levels(pair.offends(30, 700, dated=False)) == [("breach", "swept")]
    pair = Pair()
    pair.both(0, -700, dated=False)
    assert levels(pair.offends(30, 700)) == [("breach", "swept")]


def test_it_is_no_anchor_contradicts_none_and_ends_none() -> None:
    track = Track()
    first, far = fix_at(0), fix_at(10, 9000, dated=False)
    assert [track.believe(first), track.believe(far)] == ["", ""]
    assert track.fix is far
    assert track.anchor is first
    assert track.shown[0].before is None  # nobody went that way
    assert track.believe(fix_at(20, 50)) == ""


def test_what_was_made_before_it_is_late_and_what_is_dated_after_it_is_not() -> None:
    track = Track()
    for fix in (fix_at(0), fix_at(30, dated=False)._replace(sequence=3)):
        assert track.believe(fix) == ""
    assert track.believe(fix_at(10)._replace(sequence=2)) == LATE
    assert track.believe(fix_at(25)._replace(sequence=4)) == ""  # it was received before it
    assert track.anchor is track.fix


def test_it_promises_nothing_and_is_no_position_to_watch_by() -> None:
    pair = Pair()
    for second in range(0, 40, 5):
        pair.both(second, 1500)
    assert pair.condition is Condition.WATCHED
    pair.offender.blind_ms = pair.offender.due_ms
    pair.walks(60, 0)
    pair.offends(60, 1500, dated=False)
    assert (pair.condition, pair.state.reason) == (Condition.UNASSURED, "blind_offender")


def test_a_rest_lasts_as_long_as_it_is_said_and_none_begins_with_it() -> None:
    track = Track()
    track.believe(fix_at(0, at_rest=True))
    track.believe(fix_at(60, at_rest=True, dated=False))
    assert track.resting
    track.believe(fix_at(120, dated=False))
    track.believe(fix_at(180, at_rest=True, dated=False))
    assert not track.resting


def test_a_level_is_not_left_by_it() -> None:
    pair = Pair()
    pair.both(0, 50)
    for second in range(5, 300, 5):
        pair.walks(second, 0)
        assert not levels(pair.offends(second, 4000, dated=False))
    assert pair.level is Level.BREACH


def test_one_that_fails_starts_the_count_anew() -> None:
    pair = Pair()
    pair.both(0, 50)
    for second in range(5, 100, 5):
        pair.both(second, 40 * second)
    pair.offends(100, 60, dated=False)
    left = [second for second in range(105, 400, 5) if levels(pair.both(second, 4000))]
    assert left == [225]


def test_one_that_shows_him_outside_changes_no_count() -> None:
    pair = Pair()
    pair.both(0, 50)
    for second in range(5, 100, 5):
        pair.both(second, 40 * second)
    pair.offends(102, 4000, dated=False)
    left = [second for second in range(105, 400, 5) if levels(pair.both(second, 4000))]
    assert left[0] == 125  # 120 s after the first that was beyond the contact distance


# Beside fixes that contradict each other


def test_it_shows_a_level_beside_them_and_decides_nothing() -> None:
    pair = Pair()
    apart(pair, 60)
    pair.offends(60, 9000)
    known = pair.offender.hypotheses
    assert levels(pair.offends(65, 400, dated=False)) == [("alert", "distance")]
    for second in range(70, 300, 5):
        pair.walks(second, 0.01 * second)
        assert levels(pair.offends(second, 9000 + second, dated=False)) == []
    assert pair.offender.hypotheses == known
    assert (pair.condition, pair.state.reason) == (Condition.UNASSURED, "disbelieved")
    for second in (300, 305, 310):
        pair.offends(second, 9000 + second)
    assert not pair.offender.contested


def test_each_of_them_may_still_show_a_level_after_it() -> None:
    pair = Pair()
    for second in range(0, 60, 5):
        pair.walks(second, -4000 + second)
        pair.offends(second, 9000 + second)
    for second in (60, 62):
        pair.offends(second, 0)
    pair.offends(64, 9000, dated=False)
    said = [one for s in range(65, 180, 5) for one in levels(pair.walks(s, -4000 + 35 * (s - 60)))]
    assert [level for level, _ in said] == ["pre_alert", "alert", "breach"]


def test_where_nothing_contradicts_it_is_where_the_party_is_now() -> None:
    pair = Pair()
    apart(pair, 60)
    pair.offends(60, 30_000, dated=False)
    assert levels(pair.walks(61, 3000)) == []  # he was there before
    assert not pair.offender.contested


def test_sequences_of_before_are_compared_with_none_that_come() -> None:
    track = Track()
    for second, north_m in ((0, 0), (5, 9000), (10, 50)):
        track.believe(fix_at(second, north_m)._replace(sequence=99))
    track.believe(fix_at(12, 60, dated=False)._replace(sequence=99))
    track.renumber()
    assert track.believe(fix_at(15, 70)) == ""
    assert {one.anchor is one.fix for one in track.hypotheses} == {True}


@pytest.mark.parametrize("dated", [True, False])
def test_it_survives_a_restart(dated: bool) -> None:
    fix = fix_at(5, dated=dated)
    assert unpack(json.loads(json.dumps(pack(fix)))) == fix
