"""A position whose time cannot be true shows where somebody is: it raises, and no more."""

import json

import pytest

from host.proximity.fix import pack, unpack
from host.proximity.track import LATE, Track
from host.proximity.types import Condition, Level
from tests.host.proximity.pair import Pair, levels
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
    assert track.before is None  # nobody went that way
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


@pytest.mark.parametrize("dated", [True, False])
def test_it_survives_a_restart(dated: bool) -> None:
    fix = fix_at(5, dated=dated)
    assert unpack(json.loads(json.dumps(pack(fix)))) == fix
