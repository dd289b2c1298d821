"""Whatever the time that a receiver tells, he is seen, and nothing false is promised.

What the host itself can see of a wrong time; what a unit makes of its receiver's is tested there.
"""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from host.ingest.judge import FUTURE, UNRESOLVED_TIME, YEARS_OFF
from host.ingest.reception import WENT_BACK
from host.ingest.wearer import WRONG_CLOCK
from host.proximity.types import Condition
from protocol import record
from tests.host.driven_centre import DrivenCentre, at_ms, levels, verdicts
from tests.host.proximity.pair import START_MS

YEARS_S = 1024 * 7 * 86_400


def told(by_s: float, at_s: float) -> dict[str, Any]:
    """What a receiver tells whose clock is wrong by so much."""
    at_ms = max(0, START_MS + round((at_s + by_s) * 1000))
    return {"time_s": at_ms // 1000, "ms": at_ms % 1000}


@pytest.mark.parametrize(
    ("by_s", "verdict"),
    [(7, FUTURE), (10**9, FUTURE), (-90 * 60, WENT_BACK), (-7, WENT_BACK), (-YEARS_S, YEARS_OFF)],
)
@pytest.mark.parametrize("wrong", ["B1", "V1"])
def test_the_newest_position_raises_a_level_whatever_its_time(
    wrong: str, by_s: float, verdict: str
) -> None:
    driven = DrivenCentre()
    driven.both(0, 3000)
    driven.both(55, 3000)
    place = 400 if wrong == "B1" else 2600  # either has come within 400 m
    outcome = driven.fix(wrong, 60, place, **told(by_s, 60))
    assert verdicts(outcome) == [("fix", verdict)]
    assert levels(outcome) == ["alert"]
    assert WRONG_CLOCK in driven.centre.roster.wearers[wrong].alarms
    driven.fix(wrong, 65, place)
    assert driven.centre.roster.wearers[wrong].alarms == ()


def test_so_does_one_without_a_time() -> None:
    driven = DrivenCentre()
    driven.both(0, 3000)
    outcome = driven.fix("B1", 60, 90, flags=0, time_s=60)
    assert verdicts(outcome) == [("fix", UNRESOLVED_TIME)]
    assert levels(outcome) == ["breach"]


def test_the_newest_position_is_the_newest_although_other_words_came_with_it() -> None:
    driven = DrivenCentre()
    driven.both(0, 3000)
    sealer = driven.sealers["B1"]
    old, new = sealer.fix(50, 90, **told(90, 50)), sealer.fix(60, 2800, **told(90, 60))
    word = sealer.event(60, record.SPOOFING)
    outcome = driven.receive("B1", 60, word, new, old)
    assert levels(outcome) == []  # where he was before is no longer where he is
    old, word = sealer.fix(65, 90, **told(90, 65)), sealer.event(66, record.SPOOFING)
    driven.receive("B1", 66, word)
    assert levels(driven.receive("B1", 67, old)) == []  # a word of his has overtaken it
    new, word = sealer.fix(70, 90, **told(90, 70)), sealer.event(70, record.SPOOFING)
    assert levels(driven.receive("B1", 70, new, word)) == ["breach"]


def test_a_backlog_of_right_times_stays_one() -> None:
    """The newest comes first, and what was before it is evidence; he stood at her door then."""
    driven = DrivenCentre()
    driven.both(0, 3000)
    backlog = [driven.sealers["B1"].fix(s, 80) for s in range(60, 120, 10)]
    assert levels(driven.fix("B1", 5400, 3000)) == []
    outcome = driven.receive("B1", 5401, *backlog)
    assert levels(outcome) == []
    assert {verdict for _, verdict in verdicts(outcome)} == {"late"}


def test_a_record_of_long_ago_that_comes_late_is_right_about_its_time() -> None:
    driven = DrivenCentre()
    driven.both(0, 3000)
    driven.receive("B1", 5400, driven.sealers["B1"].fix(60, 2900))
    fix = driven.centre.roster.wearers["B1"].track.fix
    assert fix is not None
    assert (fix.time_ms, fix.dated) == (at_ms(60), True)


def test_nothing_hangs_on_a_time_that_nobody_has_confirmed() -> None:
    for changed in (
        {"lease_s": record.LEASE_UNHEARD},
        {"satellites_clock": record.pack_satellites(9, record.CLOCK_HELD)},
        {"satellites_clock": record.pack_satellites(9, record.CLOCK_CONTRADICTED)},
    ):
        driven = DrivenCentre()
        driven.fix("V1", 0)
        driven.fix("B1", 0, 9000, **changed)
        state = driven.centre.roster.orders["O1"]
        assert (state.condition, state.reason) == (Condition.UNASSURED, "no_position")
        driven.fix("B1", 5, 9000)
        assert state.condition is Condition.ASSURED


def test_what_a_unit_has_corrected_carries_a_promise_and_is_named() -> None:
    driven = DrivenCentre()
    driven.fix("V1", 0)
    corrected = record.pack_satellites(9, record.CLOCK_CORRECTED)
    driven.fix("B1", 0, 9000, satellites_clock=corrected)
    assert driven.centre.roster.orders["O1"].condition is Condition.ASSURED
    assert driven.centre.roster.wearers["B1"].alarms == (WRONG_CLOCK,)
    driven.restart()
    assert driven.centre.roster.wearers["B1"].alarms == (WRONG_CLOCK,)


def test_a_wrong_clock_is_shown_and_is_no_incident() -> None:
    driven = DrivenCentre()
    driven.both(0, 9000)
    driven.fix("B1", 5, 9000, satellites_clock=record.pack_satellites(9, record.CLOCK_CORRECTED))
    driven.restart()
    driven.both(10, 9000)
    assert [one for outcome in driven.outcomes for one in outcome.incidents] == []


def test_a_unit_is_heard_however_wrong_the_time_is_that_it_tells() -> None:
    for by_s in (-YEARS_S, -5400, 90):
        driven = DrivenCentre()
        driven.both(0, 9000)
        for s in range(5, 100, 5):
            driven.both(s, 9000) if s < 50 else driven.fix("B1", s, 9000, **told(by_s, s))
        track = driven.centre.roster.wearers["B1"].track
        assert track.due_ms > at_ms(95)
        assert track.lack(at_ms(119)) in ("", "blind")


def test_how_far_he_came_since_the_strap_was_cut_counts_from_when_he_was_last_heard() -> None:
    """The event tells a time that is yet to come; he may have been off since the fix before."""
    driven = DrivenCentre()
    driven.both(0, 20_000)
    cut = driven.sealers["B1"].event(60 + 3600, record.STRAP)
    driven.receive("B1", 60, cut)
    anchor = driven.centre.roster.wearers["B1"].track.anchor
    assert anchor is not None
    assert anchor.time_ms == at_ms(0)


def test_rest_is_over_from_when_the_unit_was_last_heard_where_its_time_cannot_be_true() -> None:
    driven = DrivenCentre()
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    driven.receive("V1", 100, driven.sealers["V1"].event(100, record.GNSS_LOST))
    driven.receive("V1", 200, driven.sealers["V1"].event(200 + 90, record.MOTION))
    anchor = driven.centre.roster.wearers["V1"].track.anchor
    assert anchor is not None
    assert anchor.time_ms == at_ms(100 - 20)


def test_a_unit_that_counts_anew_is_not_late_by_its_numbers() -> None:
    driven = DrivenCentre()
    for s in range(0, 50, 5):
        driven.both(s, 3000)
    wearer = driven.centre.roster.wearers["B1"]
    assert wearer.track.fix is not None
    anchors = wearer.track.anchor is wearer.track.fix
    wearer.track.renumber()
    assert anchors
    assert wearer.track.anchor is wearer.track.fix
    assert wearer.track.fix.sequence == 0


# Each is surely wrong where the first position was right: to come, or of before that.
WRONG_S = st.one_of(st.integers(3, 10**9), st.integers(-(10**9), -3600))
STEPS = st.tuples(
    st.integers(1, 60),  # seconds later
    st.sampled_from(("B1", "V1")),
    st.integers(-39, 39),  # metres a second to the north since this unit was last seen
    st.one_of(st.just(0), WRONG_S),
)


# Each second of a way, by whom, how fast, and how wrong: they pass each other at last.
PASSING = [(33, "B1", -35, 0), (1, "B1", 0, 0), (51, "V1", -31, 3), (33, "B1", 0, 0)]
PASSING += [(35, "B1", 0, 0), (1, "B1", 0, 0), (26, "V1", 28, 0), (1, "B1", 0, 0)]


@settings(max_examples=60, deadline=None)
@example(600, PASSING)
@given(st.integers(600, 4000), st.lists(STEPS, min_size=1, max_size=16))
def test_no_wrong_clock_drops_or_delays_a_rise_or_makes_a_promise_that_is_broken(
    away_m: int, ways: list[tuple[int, str, int, int]]
) -> None:
    """Beside the same world with right clocks. Messages arrive at once."""
    right, wrong = DrivenCentre(), DrivenCentre()
    for driven in (right, wrong):
        driven.both(0, away_m)
    place, seen_s = {"B1": away_m, "V1": 0}, {"B1": 0, "V1": 0}
    at_s, promised_ms = 0, 0
    for after_s, name, m_s, by_s in ways:
        at_s += after_s
        place[name] += m_s * (at_s - seen_s[name])
        seen_s[name] = at_s
        if promised_ms > at_ms(at_s):
            assert abs(place["B1"] - place["V1"]) > 500
        right.fix(name, at_s, place[name])
        wrong.fix(name, at_s, place[name], **told(by_s, at_s))
        state = wrong.centre.roster.orders["O1"]
        assert state.level >= right.centre.roster.orders["O1"].level
        promised_ms = state.until_ms if state.condition is Condition.ASSURED else 0
