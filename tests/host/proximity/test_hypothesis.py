"""Fixes that contradict each other: each consistent chain is kept, and none is the truth alone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from host.proximity.hypothesis import CROWDED_OUT, OUTLIER, OUTLIVED
from host.proximity.order import Signals
from host.proximity.track import IMPOSSIBLE_SPEED, LATE, SAME_EPOCH, Track
from host.proximity.types import Condition, Level
from tests.host.proximity.pair import START_MS, Pair, alarmed, conditions, levels
from tests.host.proximity.test_track import fix_at, told

PATH_M_S = 16.7


def apart(pair: Pair, until_s: int, north_m: float = 3000) -> Signals:
    """Both are well, he so far north and on foot, a fix each 5 s."""
    said: Signals = []
    for second in range(0, until_s, 5):
        said += pair.walks(second, 0.01 * second) + pair.offends(second, north_m + second)
    return said


def reasons(track: Track) -> list[str]:
    return [one.reason for one in track.dropped()]


# When one is dropped


def test_a_lone_outlier_goes_with_the_third_fix_of_another() -> None:
    track, _ = told(*(fix_at(s, 5 * s) for s in range(0, 60, 5)))
    assert track.believe(fix_at(60, 5000)) == IMPOSSIBLE_SPEED
    for second in (65, 70):
        assert track.believe(fix_at(second, 5 * second)) == ""
        assert track.contested
    assert reasons(track) == []
    track.believe(fix_at(75, 375))
    assert reasons(track) == [OUTLIER]
    assert not track.contested
    assert track.anchor is track.fix


def test_so_does_the_very_first_fix() -> None:
    track, _ = told(fix_at(0, 5000), *(fix_at(s, 5 * s) for s in (5, 10, 15)))
    assert reasons(track) == [OUTLIER]
    assert not track.contested


def test_several_that_agree_are_no_outlier_and_go_after_two_minutes() -> None:
    track, _ = told(*(fix_at(s, 5 * s) for s in range(0, 60, 5)))
    for second in range(60, 400, 5):  # where it was is told no more
        track.believe(fix_at(second, 9000 + second))
        if not track.contested:
            break
    assert second == 55 + 120
    assert reasons(track) == [OUTLIVED]


def test_two_minutes_without_three_fixes_of_another_are_not_enough() -> None:
    track, _ = told(*(fix_at(s, 5 * s) for s in range(0, 60, 5)))
    track.believe(fix_at(60, 9000))
    track.believe(fix_at(300, 9000))
    assert track.contested
    track.believe(fix_at(305, 9000))
    assert not track.contested


@pytest.mark.parametrize("every", [2, 3, 10])
def test_one_that_keeps_coming_back_stays(every: int) -> None:
    """At most one short doubt, and then one that lasts."""
    track, spells = Track(), 0
    for number in range(1, 200):
        stale, before = number % every == 0, track.contested
        track.believe(fix_at(5 * number, -6000 if stale else 10 * number))
        spells += track.contested and not before
    assert track.contested
    assert spells == (2 if every > 3 else 1)
    for number in range(200, 240):
        track.believe(fix_at(5 * number, 10 * number))
    assert not track.contested


def test_an_outlier_each_few_minutes_is_a_short_doubt_each_time() -> None:
    track = Track()
    doubted = 0
    for number in range(1, 200):
        track.believe(fix_at(5 * number, -6000 if number % 40 == 0 else 10 * number))
        doubted += track.contested
    assert doubted == 4 * 3


def test_no_more_than_three_are_held_and_the_weakest_goes() -> None:
    track, _ = told(*(fix_at(s, 5 * s) for s in range(0, 60, 5)))
    for second, north_m in ((60, 9000), (65, -9000), (70, 30_000), (75, -30_000)):
        assert track.believe(fix_at(second, north_m)) == IMPOSSIBLE_SPEED
        assert len(track.hypotheses) <= 3
    assert reasons(track) == [CROWDED_OUT] * 2
    assert [one.fix.time_ms - track.hypotheses[0].fix.time_ms for one in track.hypotheses] == [
        *(0, -5000, -20_000)
    ]
    track.believe(fix_at(80, 400))  # the first goes on
    assert track.fix is track.hypotheses[0].anchor


# What is no evidence


def test_the_same_epoch_told_twice_decides_nothing() -> None:
    track, _ = told(*(fix_at(s, 5 * s) for s in range(0, 60, 5)))
    far = fix_at(60, 9000)
    assert track.believe(far) == IMPOSSIBLE_SPEED
    for sequence in range(2, 20):
        assert track.believe(far._replace(sequence=sequence)) == SAME_EPOCH
    assert track.contested
    assert [track.believe(fix_at(s, 5 * s)) for s in (65, 70, 75)] == [""] * 3
    assert reasons(track) == [OUTLIER]


def test_the_same_place_told_again_is_no_evidence_against_an_outlier() -> None:
    """A receiver that is frozen says the same to the last digit; one that sees does not."""
    track, _ = told(fix_at(0, 300))
    for second in range(10, 120, 10):
        track.believe(fix_at(second, 9000))
        assert track.contested
    track.believe(fix_at(120, 9000))
    assert reasons(track) == [OUTLIVED]


def test_a_place_told_again_is_fresh_where_nothing_contradicts_it() -> None:
    """Many receivers hold their position while they stand."""
    track, verdicts = told(*(fix_at(s, 300) for s in range(0, 600, 10)))
    assert set(verdicts) == {""}
    assert track.anchor is track.fix


def test_a_leg_is_not_lost_when_its_end_is_told_twice() -> None:
    track, _ = told(start := fix_at(0), end := fix_at(10, 200), end)
    assert track.shown[0].before is start


def test_an_older_fix_is_late_whichever_it_belongs_to() -> None:
    track, _ = told(fix_at(0), fix_at(10, 9000), fix_at(12, 9000))
    assert track.believe(fix_at(5, 50)) == LATE
    assert len(track.hypotheses) == 2


# What is promised and shown meanwhile


def test_the_same_epoch_again_assures_nobody() -> None:
    """6 km farther off at once, and told again: the second word was once the third fix."""
    pair = Pair()
    apart(pair, 60)
    assert pair.state.until_ms > START_MS + 60_000
    assert conditions(pair.offends(60, 9000)) == [("unassured", "disbelieved")]
    again = pair.offender.shown[0].fix._replace(sequence=pair.sequence + 1)
    assert pair.offender.believe(again) == SAME_EPOCH
    assert pair.state.contact(again.time_ms + 500) == []
    assert pair.condition is Condition.UNASSURED


def alternating(stale: tuple[float, float], path: tuple[float, float]) -> Iterator[Any]:
    """(second, north_m, east_m) for ten minutes: a fix each 10 s on a path to the north, and five
    seconds after every second one a place that is always the same."""
    for number in range(60):
        second = 10 * number
        yield second, path[0] + PATH_M_S * second, path[1]
        if number % 2:
            yield second + 5, *stale


def test_a_true_path_and_a_stale_place_are_one_alarm_and_a_breach() -> None:
    """He drives up to her and by; between his positions the tracker tells one of long ago."""
    pair = Pair()
    said: Signals = []
    for second, north_m, east_m in alternating((-8850, -5386), (-5532, 0)):
        said += pair.walks(second, 0.01 * second) + pair.offends(second, north_m, east_m)
        if second > 15:
            assert pair.condition is Condition.UNASSURED
    assert alarmed(said) == ["disbelieved"]
    assert "breach" in [level for level, _ in levels(said)]


def test_a_breach_is_not_cleared_while_fixes_within_it_go_on_coming() -> None:
    """The stale place is her home; the path leads away from there."""
    pair = Pair()
    said: Signals = []
    for second, north_m, east_m in alternating((0, 0), (6000, 0)):
        said += pair.walks(second, 0.01 * second) + pair.offends(second, north_m, east_m)
    assert levels(said) == [("breach", "distance")]
    assert alarmed(said) == ["disbelieved"]
    assert pair.level is Level.BREACH


def test_an_outlier_among_good_fixes_is_one_short_alarm() -> None:
    pair = Pair()
    said = apart(pair, 300)
    assert conditions(said)[-1] == ("assured", "far")
    said = pair.offends(300, 90_000)
    for second in range(305, 600, 5):
        said += pair.walks(second, 0.01 * second) + pair.offends(second, 3000 + second)
    assert conditions(said) == [("unassured", "disbelieved"), ("assured", "far")]
    assert levels(said) == []


def test_each_may_show_a_level_but_a_lone_fix_that_contradicts_all() -> None:
    pair = Pair()
    apart(pair, 60)
    assert levels(pair.offends(60, 80)) == []
    assert levels(pair.walks(61, 0)) == []
    assert levels(pair.offends(65, 75)) == [("breach", "distance")]


def test_what_contradicts_only_how_long_a_rest_has_lasted_shows_a_level_at_once() -> None:
    pair = Pair()
    pair.offends(0, 5000, at_rest=True)
    pair.walks(0, 0)
    pair.offender.moved_off(START_MS + 110_000, 20_000)  # its receiver was frozen, and it moved
    pair.walks(115, 0)
    assert levels(pair.offends(120, 900)) == [("pre_alert", "distance")]
    assert pair.offender.contested


def test_so_may_one_that_comes_back_to_the_very_place() -> None:
    pair = Pair()
    apart(pair, 60)
    assert levels(pair.offends(60, 80)) == []
    assert levels(pair.offends(65, 3065)) == []
    assert levels(pair.offends(70, 80)) == [("breach", "distance")]


def test_a_lone_fix_holds_a_level_and_starts_no_count_anew() -> None:
    pair = Pair()
    pair.both(0, 300)
    for second in range(5, 120, 5):
        pair.walks(second, 0.01 * second)
        pair.offends(second, 300 + 39 * second)
    pair.offends(120, 300)
    left = []
    for second in range(125, 200, 5):
        said = pair.walks(second, 0.01 * second) + pair.offends(second, 5000 + second)
        left += [(second, level) for level, _ in levels(said)]
    # At once when it is dropped, and 120 s after he was outside, as without it.
    assert left == [(135, "pre_alert"), (145, "clear")]


def test_her_way_past_either_is_seen() -> None:
    pair = Pair()
    for second in range(0, 60, 5):
        pair.walks(second, -4000 + second)
        pair.offends(second, 9000 + second)
    for second in (60, 62):  # true or not
        pair.offends(second, 0)
    said = [one for s in range(65, 180, 5) for one in levels(pair.walks(s, -4000 + 35 * (s - 60)))]
    assert [level for level, _ in said] == ["pre_alert", "alert", "breach"]
    assert pair.offender.contested


def test_a_level_is_left_when_each_of_them_is_outside() -> None:
    pair = Pair()
    pair.both(0, 900)
    for second in range(5, 100, 5):
        pair.walks(second, 0.01 * second)
        pair.offends(second, 900 + 30 * second)
    left = []
    for second in range(100, 300, 10):  # two tracks, both far away
        left += levels(pair.offends(second, 4000 + second))
        left += levels(pair.offends(second + 5, 9000 + second))
        pair.walks(second + 5, 0.01 * second)
    assert pair.offender.contested
    assert left == [("clear", "evidence")]


def test_a_fix_within_starts_the_count_anew_though_another_is_stale() -> None:
    pair = Pair()
    pair.both(0, 300)
    for second in range(5, 100, 5):
        pair.walks(second, 0.01 * second)
        pair.offends(second, 300 + 39 * second)
    pair.offends(100, 300)
    assert pair.level is Level.ALERT
    for second in range(100, 215, 5):
        pair.walks(second, 0.01 * second)
        assert levels(pair.offends(second + 2, 4000 + second)) == []


def test_nothing_bounds_contact_while_they_contradict_each_other() -> None:
    pair = Pair()
    apart(pair, 60)
    assert not pair.state.contact_possible(pair.offender.contact_ms)
    pair.offends(60, 9000)
    assert pair.state.contact_possible(pair.offender.contact_ms)
    assert pair.state.allowance_s(pair.victim, pair.offender.contact_ms) == 0


# Across a restart


@pytest.mark.parametrize("fixes", range(1, 12))
def test_a_restart_changes_nothing(fixes: int) -> None:
    north_m = (0, 50, 9000, 100, -9000, 150, 9000, 200, 250, 300, 350, 400)
    track, again = Track(), Track()
    for number, at_m in enumerate(north_m):
        fix = fix_at(10 * number, at_m)._replace(sequence=number)
        track.believe(fix)
        again.believe(fix)
        if number + 1 == fixes:
            kept = json.loads(json.dumps(again.state()))
            again = Track()
            again.restore(kept)
        assert again.state() == track.state()
    assert track.contested


EARLIER = [1, 2, 3, 4, 0, 0]


def test_the_state_of_an_earlier_version_is_read() -> None:
    last, anchor, far = (["unit", n, n * 10_000, n, n, 5.0, 0, False, False] for n in (2, 1, 3))
    track = Track()
    track.restore([*EARLIER, [last, 1, None, None, anchor]])
    assert track.fix is track.anchor
    assert not track.contested
    track.restore([*EARLIER, [last, anchor, None, None, None]])
    assert track.anchor is not None
    assert (track.anchor.sequence, track.contested) == (1, False)
    track.restore([*EARLIER, [last, None, anchor, far, None]])
    assert track.contested
    assert [one.fix.sequence for one in track.hypotheses] == [3, 2]
    track.restore([*EARLIER, [last, None, None, last, None]])  # two contents for one sequence
    assert track.contested
    assert len(track.hypotheses) == 1
    track.restore([*EARLIER, [None] * 5])
    assert track.fix is None
    track.restore([*EARLIER, [last, 1, None, None, anchor], 7])
    assert (track.begun_ms, track.contested) == (7, False)
    track.restore([*EARLIER, [[*last, False], anchor, None, None, None], 7, 15_000])  # without time
    assert track.fix is not None
    assert track.anchor is not None
    assert [track.fix.sequence, track.anchor.sequence] == [2, 1]
