"""The broker's last wills, which may come late: what is heard last counts, each only tightens."""

from host.core.outcome import Connection, Outcome
from host.proximity.types import Condition
from host.service.views import unit_view
from protocol import record
from tests.host.driven_centre import DrivenCentre, at_ms


def connection(driven: DrivenCentre, at_s: float, up: bool) -> Outcome:
    return driven.step(Connection("V1", up, at_ms(at_s)))


def at_rest(driven: DrivenCentre, at_s: float) -> Outcome:
    return driven.receive("V1", at_s, driven.sealers["V1"].rest(at_s))


def is_there(driven: DrivenCentre) -> bool:
    return bool(unit_view(driven.centre, "V1")["connected"])


def replaced() -> DrivenCentre:
    """Her unit has connected anew, its link having died, and rests; now the old will comes."""
    driven = DrivenCentre()
    connection(driven, 0, True)
    driven.fix("B1", 0, 9000)
    at_rest(driven, 0)
    connection(driven, 30, True)
    at_rest(driven, 31)
    connection(driven, 60, False)
    assert not is_there(driven)
    return driven


def test_a_record_heard_after_a_will_says_that_the_unit_is_there() -> None:
    driven = replaced()
    at_rest(driven, 61)
    assert is_there(driven)
    driven.restart()
    assert is_there(driven)


def test_a_copy_or_a_backlog_heard_after_a_will_says_nothing() -> None:
    driven = DrivenCentre()
    sealer = driven.sealers["V1"]
    old, new = sealer.fix(0), sealer.fix(5)
    connection(driven, 0, True)
    driven.receive("V1", 6, new)
    connection(driven, 7, False)
    driven.receive("V1", 8, new)
    driven.receive("V1", 9, old)
    assert not is_there(driven)


def test_every_will_ends_a_rest_although_the_broker_had_said_that_the_unit_was_gone() -> None:
    driven = replaced()
    state = driven.centre.roster.orders["O1"]
    track = driven.centre.roster.wearers["V1"].track
    for heard_s in (61, 120):
        at_rest(driven, heard_s)
        driven.fix("B1", heard_s + 1, 9000)
        assert state.rests(track, at_ms(heard_s + 1))
        before_ms = state.until_ms
        told = connection(driven, heard_s + 20, False)
        assert not state.rests(track, at_ms(heard_s + 20))
        assert state.until_ms < before_ms
        assert track.due_ms <= at_ms(heard_s + 20 + 25)
        assert told.fix_now == ["V1"]  # a late will says nothing of a unit that is there
        assert [row.kind for row in told.records] == ["connection"]
    driven.fix("B1", 330, 9000)
    assert (state.condition, state.reason) == (Condition.UNASSURED, "overdue_victim")


def test_a_will_that_changes_nothing_leaves_nothing() -> None:
    driven = replaced()
    told = connection(driven, 61, False)
    assert (told.records, told.units, told.fix_now) == ([], {}, [])


def test_a_rest_is_known_until_the_unit_was_last_heard_before_its_will() -> None:
    for said_s, held_s in ((5, 35), (85, 65)):
        driven = DrivenCentre()
        driven.fix("B1", 0, 9000)
        at_rest(driven, 0)
        driven.receive("V1", said_s, driven.sealers["V1"].event(said_s, record.CHARGING))
        connection(driven, 100, False)
        anchor = driven.centre.roster.wearers["V1"].track.anchor
        assert anchor is not None
        assert anchor.time_ms == at_ms(held_s)  # a margin before: what the news would have taken
