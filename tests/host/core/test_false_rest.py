"""A unit that says that it rests, and is seen elsewhere: its sensor or its wearer lies."""

from collections.abc import Iterable

import pytest

from host.core.outcome import Connection, Outcome
from host.escalation.act import Act, Verb
from host.proximity.types import Condition
from host.registry.types import Assignment, Order, Registry, Strength
from protocol import record
from tests.host.driven_centre import (
    BRACELET,
    VICTIM_UNIT,
    DrivenCentre,
    at_ms,
)

FAR_M = 40_000


def centre(strength: Strength = Strength.SUPERVISED) -> DrivenCentre:
    """Both rest, so far apart, and he has told where since his first record."""
    order = Order("O1", 1, "juan", ("ana",), strength=strength)
    worn = Assignment("B1", "juan", 0), Assignment("V1", "ana", 0)
    driven = DrivenCentre(Registry((BRACELET, VICTIM_UNIT), worn, (order,)))
    driven.step(Connection("V1", True, at_ms(0)), Connection("B1", True, at_ms(0)))
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    driven.receive("B1", 0, driven.sealers["B1"].rest(0, FAR_M))
    rests(driven, 10)
    return driven


def rests(driven: DrivenCentre, at_s: float, since: int = 1) -> Outcome:
    said = driven.sealers["B1"].event(at_s, record.MOTION, 0, detail=since)
    return driven.receive("B1", at_s, said)


def seen(driven: DrivenCentre, at_s: float, norths_m: Iterable[float]) -> Outcome:
    """He is seen there each second, says that he rests, and says so once more at the end."""
    for north_m in norths_m:
        driven.receive("B1", at_s, driven.sealers["B1"].rest(at_s, north_m))
        at_s += 1
    return rests(driven, at_s)


def alarms(driven: DrivenCentre) -> list[str]:
    return list(driven.centre.roster.wearers["B1"].alarms)


def test_three_positions_elsewhere_refute_a_rest_that_is_claimed_on() -> None:
    driven = centre()
    told = seen(driven, 600, [20_000] * 3)
    assert alarms(driven) == ["false_rest"]
    assert [one.cause for one in told.incidents] == ["false_rest:B1"]
    track = driven.centre.roster.track_of("juan")
    assert track.anchor is not None
    assert (track.anchor.time_ms, track.resting, track.contested) == (at_ms(602), False, False)


def test_near_enough_to_have_been_driven_or_not_it_is_as_false() -> None:
    for north_m in (FAR_M - 400, 1000):
        driven = centre()
        seen(driven, 20, [north_m] * 3)
        assert alarms(driven) == ["false_rest"]


@pytest.mark.parametrize(
    "norths_m",
    [
        [FAR_M + 200] * 5,  # a wall reflects
        [FAR_M - 5000, FAR_M, FAR_M, FAR_M],  # one that is wild
        [FAR_M - 5000, FAR_M - 5000, FAR_M],
        [FAR_M - 5000, FAR_M] * 5,  # a receiver that tells an old position in between
    ],
)
def test_what_a_receiver_does_to_one_that_rests_is_no_lie(norths_m: list[float]) -> None:
    driven = centre()
    seen(driven, 600, norths_m)
    assert alarms(driven) == []


def test_whoever_is_seen_elsewhere_is_asked_at_once_and_a_word_of_rest_decides_nothing() -> None:
    driven = centre()
    told = driven.receive("B1", 600, driven.sealers["B1"].rest(600, 20_000))
    assert "B1" in told.fix_now
    assert "B1" not in rests(driven, 601).fix_now  # it says that word before it has looked
    assert "B1" in rests(driven, 620).fix_now
    track = driven.centre.roster.track_of("juan")
    assert track.fix is not None
    assert (track.resting, track.fix.time_ms) == (False, at_ms(600))


def test_whoever_says_that_he_moved_has_not_lied() -> None:
    driven = centre()
    driven.receive("B1", 100, driven.sealers["B1"].event(100, record.MOTION))  # record 3
    for s in range(200, 260, 5):
        driven.fix("B1", s, 36_000)
    rests(driven, 260, since=5)
    assert alarms(driven) == []
    assert driven.centre.roster.track_of("juan").resting


def test_a_lie_that_is_told_counts_until_somebody_has_looked_into_the_unit() -> None:
    driven = centre()
    told = seen(driven, 600, [20_000] * 3)
    driven.restart(at_s=610)
    driven.step(Connection("B1", True, at_ms(611)))
    driven.receive("B1", 620, driven.sealers["B1"].rest(620, 20_000))
    rests(driven, 630, since=8)
    track = driven.centre.roster.track_of("juan")
    assert track.fix is not None
    assert (alarms(driven), track.resting, track.fix.time_ms) == (["false_rest"], False, at_ms(620))
    for verb in (Verb.ACKNOWLEDGE, Verb.RESOLVE):
        driven.step(Act(verb, told.incidents[0].id, "eva", at_ms(640), "a new sensor"))
    assert alarms(driven) == []
    driven.receive("B1", 650, driven.sealers["B1"].rest(650, 20_000))
    rests(driven, 660, since=8)
    assert driven.centre.roster.track_of("juan").resting


def test_acknowledging_or_withdrawing_the_alarm_is_not_looking_into_the_unit() -> None:
    driven = centre()
    told = seen(driven, 600, [20_000] * 3)
    for verb in (Verb.ACKNOWLEDGE, Verb.WITHDRAW):
        driven.step(Act(verb, told.incidents[0].id, "eva", at_ms(610), "later"))
        assert alarms(driven) == ["false_rest"]


# What somebody may try


@pytest.mark.parametrize("strength", [Strength.STRICT, Strength.SUPERVISED])
def test_carried_off_while_its_link_is_jammed_it_says_so_afterwards(strength: Strength) -> None:
    driven = centre(strength)
    sealer = driven.sealers["B1"]
    driven.step(Connection("B1", False, at_ms(100)))
    state = driven.centre.roster.orders["O1"]
    driven.step(now_s=1500)
    assert state.condition is Condition.UNASSURED  # 40 m/s since it was last sure
    moved, rested = sealer.event(200, record.MOTION), sealer.event(1400, record.MOTION, 0, detail=4)
    driven.step(Connection("B1", True, at_ms(1500)))
    driven.receive("B1", 1501, moved, rested)
    track = driven.centre.roster.track_of("juan")
    assert (track.resting, alarms(driven)) == (False, [])
    assert state.condition is Condition.UNASSURED
    driven.receive("B1", 1502, sealer.rest(1502, 1000))
    assert state.reason in ("overdue_victim", "near")


def test_a_restart_in_the_gap_breaks_the_rest() -> None:
    driven = centre()
    sealer = driven.sealers["B1"]
    driven.step(Connection("B1", False, at_ms(100)), Connection("B1", True, at_ms(400)))
    boot = sealer.boot(390)  # record 3
    rested = sealer.event(400, record.MOTION, 0, detail=4)
    driven.receive("B1", 401, boot, rested)
    track = driven.centre.roster.track_of("juan")
    assert track.fix is not None
    assert (track.resting, track.fix.time_ms) == (False, at_ms(10))


def test_on_a_turntable_it_never_rests_and_is_seen_where_it_is() -> None:
    driven = centre(Strength.STRICT)
    driven.receive("B1", 20, driven.sealers["B1"].event(20, record.MOTION))
    for s in range(25, 300, 5):
        driven.fix("B1", s, FAR_M)
    track = driven.centre.roster.track_of("juan")
    assert (track.resting, alarms(driven)) == (False, [])
    assert driven.centre.roster.orders["O1"].condition is Condition.ASSURED
