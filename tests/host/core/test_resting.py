"""Rest that the unit proves: since which of its records it has rested, without a break."""

import pytest

from host.core.outcome import Changed, Connection, Outcome
from host.proximity.types import Condition
from host.registry.types import Assignment
from protocol import record
from tests.host.driven_centre import DrivenCentre, at_ms


def rests(driven: DrivenCentre, at_s: float, since: int) -> Outcome:
    """Her unit says, in place of a position, that it has rested since that record."""
    return driven.receive(
        "V1", at_s, driven.sealers["V1"].event(at_s, record.MOTION, 0, detail=since)
    )


def test_word_of_rest_is_where_she_was_told_again() -> None:
    driven = DrivenCentre()
    driven.fix("B1", 0, 9000)
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))  # record 1
    rests(driven, 100, since=1)
    track = driven.centre.roster.track_of("ana")
    assert track.fix is not None
    assert (track.fix.time_ms, track.fix.sequence, track.resting) == (at_ms(100), 2, True)
    assert track.anchor is track.fix
    assert track.lack(at_ms(110)) == ""


def test_a_gap_under_a_roof_ends_with_the_first_word_of_the_same_rest() -> None:
    driven = DrivenCentre()
    driven.step(Connection("V1", True, at_ms(0)))
    driven.fix("B1", 0, 9000)
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    driven.step(Connection("V1", False, at_ms(82)))
    driven.step(Connection("V1", True, at_ms(90)))
    rests(driven, 91, since=1)
    driven.fix("B1", 92, 9000)
    state = driven.centre.roster.orders["O1"]
    assert state.rests(driven.centre.roster.track_of("ana"), at_ms(92))
    assert state.condition is Condition.ASSURED


@pytest.mark.parametrize("since", [0, 3, 9, -1])
def test_word_of_another_rest_says_nothing_of_where_she_is(since: int) -> None:
    driven = DrivenCentre()
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    driven.receive("V1", 10, driven.sealers["V1"].event(10, record.MOTION, 1))  # record 2
    rests(driven, 100, since)
    track = driven.centre.roster.track_of("ana")
    assert track.fix is not None
    assert (track.fix.time_ms, track.resting) == (at_ms(0), False)


def test_word_of_a_rest_that_comes_after_word_of_its_end_proves_nothing() -> None:
    for ends in (record.MOTION, None):
        driven = DrivenCentre()
        sealer = driven.sealers["V1"]
        driven.step(Connection("V1", True, at_ms(0)))
        driven.receive("V1", 0, sealer.rest(0))
        late = [sealer.rest(60), sealer.event(70, record.MOTION, 0, detail=1)]
        end = sealer.boot(80) if ends is None else sealer.event(80, ends)
        driven.receive("V1", 80, end)
        track = driven.centre.roster.track_of("ana")
        for sealed in late:
            driven.receive("V1", 90, sealed)
            assert not track.resting
        driven.restart()
        rests(driven, 100, since=1)
        assert not driven.centre.roster.track_of("ana").resting
        driven.receive("V1", 110, sealer.rest(110))
        rests(driven, 120, since=6)
        assert driven.centre.roster.track_of("ana").resting


def test_word_of_rest_at_one_of_two_places_asks_which() -> None:
    """Else nothing is known until its next look, half an hour later."""
    driven = DrivenCentre()
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    driven.fix("V1", 10, 2000)  # record 2: 200 m/s
    assert driven.centre.roster.track_of("ana").contested
    assert rests(driven, 15, since=2).fix_now == ["V1"]
    for s in range(20, 135, 5):
        driven.fix("V1", s, 2000 + s / 10)
    assert not driven.centre.roster.track_of("ana").contested
    assert rests(driven, 135, since=3).fix_now == []


def test_a_unit_that_comes_to_somebody_else_is_asked_where_it_is() -> None:
    driven = DrivenCentre()
    told = driven.step(Changed(Assignment("V1", "eva", at_ms(10)), at_ms(5)))
    assert told.fix_now == []
    assert driven.step(now_s=10).fix_now == ["V1"]
    ended = Assignment("V1", "eva", at_ms(10), at_ms(20))
    assert driven.step(Changed(ended, at_ms(15))).fix_now == []


def test_word_of_rest_of_a_unit_that_is_off_its_wearer_proves_nothing() -> None:
    driven = DrivenCentre()
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    driven.receive("V1", 10, driven.sealers["V1"].event(10, record.STRAP, 1))
    rests(driven, 100, since=1)
    assert not driven.centre.roster.track_of("ana").resting


def test_no_sky_is_shown_of_a_unit_and_is_no_alarm() -> None:
    driven = DrivenCentre()
    driven.both(0, 9000)
    told = driven.receive("B1", 40, driven.sealers["B1"].event(40, record.GNSS_LOST, 1))
    assert (told.signals, told.incidents) == ([], [])
    bracelet = driven.centre.roster.wearers["B1"]
    assert list(bracelet.alarms) == ["gnss_lost"]
    driven.fix("B1", 50, 9000)
    driven.receive("B1", 50, driven.sealers["B1"].event(50, record.GNSS_LOST, 0))
    assert list(bracelet.alarms) == []
