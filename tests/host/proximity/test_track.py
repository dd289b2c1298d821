"""What is believed of one party: late fixes, impossible jumps, outliers; anchors only tighten."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.proximity.bound import reach
from host.proximity.fix import make_fix, radius_m
from host.proximity.geodesy import chord_m
from host.proximity.track import IMPOSSIBLE_SPEED, LATE, Track
from host.proximity.types import Fix, Source
from protocol.contact import MARGIN_S
from tests.host.proximity.karney import beyond

PLACE = (146349150, -905068820)
START_MS = 1_780_000_000_000
SPEED_M_S = 40.0


def fix_at(at_s: float, north_m: float = 0, a95_m: float = 5, **terms: Any) -> Fix:
    lat_e7, lon_e7 = beyond(PLACE, 0 if north_m >= 0 else 180, abs(north_m))
    return make_fix("unit", 1, START_MS + round(at_s * 1000), lat_e7, lon_e7, a95_m, **terms)


def told(*fixes: Fix) -> tuple[Track, list[str]]:
    track = Track()
    return track, [track.believe(fix) for fix in fixes]


def reach_m(track: Track, at_s: float) -> float:
    """How far from its anchor the party may be, rest counted as the track sees it."""
    return reach(track, START_MS + round(at_s * 1000), track.resting).used_m


def test_the_first_fix_is_believed_and_anchors() -> None:
    first = fix_at(0)
    track, verdicts = told(first)
    assert verdicts == [""]
    assert track.fix is track.anchor is first


def test_95_percent_is_not_a_bound() -> None:
    assert radius_m(fix_at(0, a95_m=5)) == 30
    assert radius_m(fix_at(0, a95_m=40)) == 120
    assert radius_m(fix_at(0, a95_m=40, fixed=True)) == 0


def test_a_late_fix_moves_nothing() -> None:
    first, late = fix_at(10), fix_at(9.999, 5)
    track, verdicts = told(first, late)
    assert verdicts == ["", LATE]
    assert track.fix is track.anchor is first
    assert track.shown[0].before is None


def test_a_fix_of_the_same_instant_is_not_late() -> None:
    assert told(fix_at(10), fix_at(10, 1))[1] == ["", ""]


def test_the_greatest_credible_speed_is_possible_and_no_more() -> None:
    for seconds in (1, 10, 100):
        most_m = SPEED_M_S * seconds + 30 + 30
        assert told(fix_at(0), fix_at(seconds, most_m - 0.1))[1] == ["", ""]
        assert told(fix_at(0), fix_at(seconds, most_m + 0.1))[1] == ["", IMPOSSIBLE_SPEED]


def test_an_impossible_jump_contests_what_was_known() -> None:
    first, far = fix_at(0), fix_at(10, 5000)
    track, verdicts = told(first, far)
    assert verdicts == ["", IMPOSSIBLE_SPEED]
    assert track.contested
    assert [one.fix for one in track.hypotheses] == [far, first]
    assert track.fix is first  # the live view stays where it was believed


def test_one_outlier_then_back_on_the_way() -> None:
    back = fix_at(20, 50)
    track, verdicts = told(first := fix_at(0), fix_at(10, 5000), back)
    assert verdicts == ["", IMPOSSIBLE_SPEED, ""]
    assert track.fix is track.anchor is back
    assert track.shown[0].before is first


def test_the_first_was_the_outlier() -> None:
    second, there = fix_at(10, 5000), fix_at(20, 5050)
    track, verdicts = told(fix_at(0), second, there)
    assert verdicts == ["", IMPOSSIBLE_SPEED, ""]
    assert track.fix is track.anchor is there
    assert track.shown[0].before is second  # he may have passed her on the way from there


def test_two_outliers_that_contradict_each_other_too() -> None:
    back = fix_at(30, 50)
    track, verdicts = told(fix_at(0), fix_at(10, 5000), fix_at(20, -5000), back)
    assert verdicts == ["", IMPOSSIBLE_SPEED, IMPOSSIBLE_SPEED, ""]
    assert track.anchor is back


def test_a_third_fix_agrees_with_either() -> None:
    assert told(fix_at(0), fix_at(10, 5000), fix_at(20, -5000), fix_at(30, -5000))[1][-1] == ""
    assert told(fix_at(0), fix_at(10, 5000), fix_at(20, -5000), fix_at(30, 9000))[1][-1] != ""


def test_the_last_fix_may_be_contradicted_although_an_old_anchor_is_not() -> None:
    """A receiver without a date jumped by a kilometre in 5 s, and the order stayed watched."""
    track = Track()
    for at_s, north_m in ((0, 0), (155, 5000)):
        assert track.believe(fix_at(at_s, north_m), anchors=at_s == 0) == ""
    assert track.believe(fix_at(160, 3800), anchors=False) == IMPOSSIBLE_SPEED
    assert track.contested


def test_two_contents_for_one_sequence_disbelieve_until_the_next_fix() -> None:
    track, _ = told(fix_at(0))
    track.doubt()
    assert track.contested
    assert track.anchor is None
    track.believe(fix_at(5))
    assert not track.contested
    assert track.anchor is track.fix
    track.doubt()
    assert track.believe(fix_at(10, 5000)) == IMPOSSIBLE_SPEED
    assert track.contested


def test_a_coarser_fix_anchors_only_when_the_older_has_aged() -> None:
    """30 m and 40 m/s reach the 300 m of a coarse fix after 6.75 s."""
    fine = fix_at(0)
    assert told(fine, fix_at(6.74, 0, a95_m=100))[0].anchor is fine
    assert told(fine, fix_at(6.76, 0, a95_m=100))[0].anchor is not fine


def test_a_fix_whose_time_is_not_resolved_shows_but_never_anchors() -> None:
    track = Track()
    assert track.believe(fix_at(0), anchors=False) == ""
    assert track.anchor is None
    first, second = fix_at(1), fix_at(60)
    track.believe(first)
    track.believe(second, anchors=False)
    assert track.anchor == first
    assert track.fix is second


@given(st.lists(st.tuples(st.floats(0.1, 120), st.floats(0, 1), st.floats(1, 3000)), min_size=1))
def test_anchors_tighten_only(walk: list[tuple[float, float, float]]) -> None:
    """What is possible after a fix was possible without it: no fix loosens the bound."""
    track = Track()
    track.believe(fix_at(0))
    at_s = north_m = 0.0
    for gap_s, part, a95_m in walk:
        at_s += gap_s
        north_m += part * SPEED_M_S * gap_s
        before = track.anchor
        assert before is not None
        at_ms = START_MS + round(at_s * 1000)
        without_m = reach(track, at_ms + 60_000, False).used_m
        assert track.believe(fix_at(at_s, north_m, a95_m)) == ""
        with_m = reach(track, at_ms + 60_000, False).used_m
        assert with_m <= without_m + 1e-6


@given(
    st.lists(
        st.tuples(st.floats(0.1, 300), st.floats(0, 1), st.floats(1, 3000), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_the_wearer_is_always_within_reach_of_the_anchor(
    walk: list[tuple[float, float, float, bool]],
) -> None:
    """At rest too, whose anchor does not age: wherever the truth is, the reach covers it."""
    track = Track()
    at_s = north_m = 0.0
    track.believe(fix_at(at_s))
    for gap_s, part, a95_m, rests in walk:
        if track.resting and part > 0:
            track.moved_off(START_MS + round(at_s * 1000), round(MARGIN_S * 1000))
        at_s += gap_s
        north_m += part * SPEED_M_S * gap_s
        truth = fix_at(at_s, north_m, a95_m, at_rest=rests)
        assert track.believe(truth) == ""
        assert track.anchor is not None
        away_m = chord_m(track.anchor[5:8], truth[5:8])
        assert away_m <= reach_m(track, at_s) + 0.02


def test_rest_counts_from_an_anchor_of_that_rest() -> None:
    """A drive that ends at rest under a coarse fix: the anchor lies at its beginning."""
    drive, coarse = fix_at(0), fix_at(200, 8000, a95_m=3000, at_rest=True)
    track, verdicts = told(drive, coarse)
    assert verdicts == ["", ""]
    assert track.anchor is drive
    assert not track.resting
    assert reach_m(track, 200) >= 8000
    track.believe(fix_at(260, 8000, at_rest=True))
    assert track.resting
    assert reach_m(track, 10_000) == 30 + SPEED_M_S * MARGIN_S


def test_rest_goes_on_under_coarser_fixes() -> None:
    anchor = fix_at(0, at_rest=True)
    track, _ = told(anchor, fix_at(5, 50, a95_m=500, at_rest=True))
    assert track.anchor is anchor
    assert track.resting
    track.believe(fix_at(10, 60, a95_m=500))
    assert not track.resting
    track.believe(fix_at(15, 70, a95_m=500, at_rest=True))
    assert not track.resting


def test_moving_off_counts_from_a_margin_before() -> None:
    track, _ = told(fix_at(0, at_rest=True))
    track.moved_off(START_MS + 600_000, 20_000)
    assert not track.resting
    assert reach_m(track, 600) == 30 + SPEED_M_S * 20
    track, _ = told(fix_at(0, at_rest=True))
    track.moved_off(START_MS + 5_000, 20_000)
    assert reach_m(track, 5) == 30 + SPEED_M_S * 5


def test_a_place_is_exact_and_never_doubted() -> None:
    track = Track()
    place = fix_at(0, a95_m=0, fixed=True)
    track.place(place)
    track.doubt()
    track.moved_off(START_MS + 1000, 20_000)
    assert track.anchor is place
    assert reach_m(track, 1e6) == 0


@pytest.mark.parametrize(
    "fixes",
    [
        (),
        (fix_at(0, at_rest=True),),
        (fix_at(0), fix_at(1, a95_m=100, source=Source.CELL)),
        (fix_at(0), fix_at(1, 5000)),
        (fix_at(0), fix_at(1, 5000), fix_at(2, -5000)),
    ],
)
def test_a_restart_forgets_nothing(fixes: tuple[Fix, ...]) -> None:
    track, _ = told(*fixes)
    track.contact_ms, track.due_ms, track.lease_s = 1, 2, 3
    again = Track()
    again.restore(json.loads(json.dumps(track.state())))
    for name in ("fix", "anchor", "contested", "resting", "blind_ms", "lease_s"):
        assert getattr(again, name) == getattr(track, name), name
    assert again.state() == track.state()


def test_a_late_finer_fix_from_before_the_rest_ends_it_in_the_bound() -> None:
    track, _ = told(fix_at(100, a95_m=600, at_rest=True), fix_at(60, 300))
    straight, _ = told(fix_at(60, 300), fix_at(100, a95_m=600, at_rest=True))
    assert (track.anchor, track.resting) == (straight.anchor, straight.resting)
    assert not track.resting


def test_one_faster_than_the_bound_is_seen_and_bounds_nothing() -> None:
    track, verdicts = told(*(fix_at(s, 55 * s) for s in range(0, 60, 5)))
    assert verdicts == ["", IMPOSSIBLE_SPEED, *[""] * 10]
    assert track.fix is not None
    assert track.fix.time_ms == START_MS + 55_000
    assert track.contested
    assert track.shown[0].before is not None


def test_a_leg_leads_from_fine_fix_to_fine_fix() -> None:
    for first in (fix_at(0, a95_m=400), fix_at(0, source=Source.CELL), fix_at(-121)):
        track, _ = told(first, fix_at(0.5, 1))
        assert track.shown[0].before is None
    track, _ = told(first := fix_at(0), fix_at(5, 100))
    assert track.shown[0].before is first


def test_off_its_wearer_a_unit_shows_where_it_is_and_bounds_nothing() -> None:
    track, _ = told(first := fix_at(0))
    track.take_off(START_MS + 2000)
    assert track.believe(fix_at(10, 200)) == ""
    assert track.anchor == first
    assert track.lack(START_MS) == "off"
    track.put_on()
    assert track.believe(again := fix_at(20, 300)) == ""
    assert track.anchor is again


def test_what_was_seen_after_the_cut_may_have_been_carried_from_the_wearer() -> None:
    track, _ = told(fix_at(0), fix_at(10, 390))
    track.take_off(START_MS)
    for at_s in (20, 100):
        # He may have run the other way from where he was at the cut.
        assert reach_m(track, at_s) >= 390 + 40 * at_s
