"""What a message leaves in the log, in the wearer, and as news for the orders."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.ingest.ledger import MAYBE_REPLAYED, REPLAYED, TAMPER
from host.ingest.news import Alarmed, CameLate, Doubted, Moved, Receipted
from host.ingest.reception import EARLIER_WEARER, IMPOSSIBLE_RANGE
from host.proximity.track import LATE
from protocol import record
from tests.host.driven_centre import BRACELET, Sealer, at_ms
from tests.host.ingest.bracelet import Bracelet, kinds, verdicts
from tests.host.proximity.pair import START_MS


def test_every_record_leaves_a_row_with_its_sealed_bytes_in_the_order_of_the_message() -> None:
    bracelet = Bracelet()
    forged = Sealer(BRACELET).fix(0)[:-1] + b"\x00"
    sealed = [
        bracelet.sealer.fix(0),
        forged,
        bracelet.sealer.event(1, record.CASE),
        bracelet.sealer.boot(2),
        bracelet.sealer.receipt(3, 77),
        bracelet.sealer.tombstone(1, 2),
        bracelet.sealer.raw(15, b"?"),
    ]
    told = bracelet.receive(10, *sealed, b"tail")
    assert verdicts(told) == [
        ("fix", ""),
        ("record", "bad_seal"),
        ("event", ""),
        ("boot", ""),
        ("receipt", ""),
        ("tombstone", ""),
        ("unknown", ""),
        ("message", "truncated"),
    ]
    assert [row.sealed for row in told.rows] == [*sealed, b"tail"]
    assert {row.received_ms for row in told.rows} == {at_ms(10)}
    assert bracelet.counters == {"accepted": 6, "bad_seal": 1, "truncated": 1}


def test_only_fixes_have_positions_in_their_rows() -> None:
    bracelet = Bracelet()
    told = bracelet.receive(9, bracelet.sealer.fix(0), bracelet.sealer.event(1, record.PANIC))
    assert [row.lat_e7 is None for row in told.rows] == [False, True]
    assert (told.rows[0].a95_mm, told.rows[0].time_ms) == (5000, START_MS)


FLAGGED: dict[str, tuple[dict[str, Any], str]] = {
    "null island": ({"lat_e7": 0, "lon_e7": 0}, "null_island"),
    "the future": ({"time_s": START_MS // 1000 + 99}, "future"),
    "years off": ({"time_s": 315_964_800}, "years_off"),
    "no accuracy": ({"a95_dm": 65535}, "no_accuracy"),
    "no UTC": ({"flags": 0}, "unresolved_time"),
    "a thousand milliseconds": ({"ms": 1000}, "malformed_time"),
    "an unknown source": ({"source_quality": 9}, "unknown_source"),
    "nowhere on earth": ({"lat_e7": 2_000_000_000}, "out_of_range"),
}


@pytest.mark.parametrize(("changed", "reason"), FLAGGED.values(), ids=FLAGGED)
def test_an_authentic_but_absurd_fix_is_stored_flagged_counted_and_acknowledged(
    changed: dict[str, Any], reason: str
) -> None:
    bracelet = Bracelet()
    told = bracelet.receive(0, bracelet.sealer.fix(0, **changed), bracelet.sealer.fix(0))
    assert verdicts(told) == [("fix", reason), ("fix", "")]
    assert told.answered == 2
    assert bracelet.wearer.ledger.has(1)
    assert bracelet.counters[reason] == 1
    assert bracelet.wearer.track.fix is not None
    assert bracelet.wearer.track.fix.sequence == 2


def test_a_copy_leaves_no_row_and_an_old_copy_does() -> None:
    bracelet = Bracelet()
    first = bracelet.sealer.fix(0)
    bracelet.receive(0, first)
    assert bracelet.receive(1, first) == ([], [], 1, 0)
    bracelet.receive(2, *(bracelet.sealer.event(1, record.CHARGING) for _ in range(8)))
    told = bracelet.receive(3, first)
    assert verdicts(told) == [("record", REPLAYED)]
    assert (told.news, told.newest) == ([], 0)
    assert bracelet.counters == {"accepted": 9, "duplicate": 1, REPLAYED: 1}


def test_two_contents_for_one_sequence_are_both_kept_and_neither_believed() -> None:
    one, other = Sealer(BRACELET).fix(0), Sealer(BRACELET).fix(0, 40)
    for messages in (((one,), (other,)), ((one, other),)):
        bracelet = Bracelet()
        told = [bracelet.receive(s, *message) for s, message in enumerate(messages)]
        rows = [row for reception in told for row in reception.rows]
        assert [(row.sealed, row.verdict) for row in rows] == [(one, ""), (other, TAMPER)]
        assert told[-1].news[-2:] == [Alarmed("tamper", True, rows[-1].received_ms), Doubted()]
        assert bracelet.wearer.track.anchor is None


def test_a_backlog_that_comes_with_the_newest_fix_is_not_late_against_it() -> None:
    bracelet = Bracelet()
    sealed = [bracelet.sealer.fix(s) for s in range(0, 50, 5)]
    assert kinds(bracelet.receive(60, *reversed(sealed))) == [Moved] * 10


def test_a_late_fix_is_evidence_only() -> None:
    bracelet = Bracelet()
    old, new = bracelet.sealer.fix(0), bracelet.sealer.fix(5)
    bracelet.receive(6, new)
    told = bracelet.receive(7, old)
    assert verdicts(told) == [("fix", LATE)]
    assert kinds(told) == [CameLate]


def test_a_tombstone_covers_what_came_before_it() -> None:
    bracelet = Bracelet()
    bracelet.sealer.sequence = 64
    told = bracelet.receive(0, bracelet.sealer.tombstone(1, 64))
    assert verdicts(told) == [("tombstone", "")]
    assert bracelet.wearer.ledger.watermark == 65


@pytest.mark.parametrize(("first", "last"), [(1, 9), (1, 0xFFFF_FFFF), (5, 4), (0, 2), (7, 7)])
def test_a_tombstone_for_what_is_yet_to_come_would_silence_the_unit_for_ever(
    first: int, last: int
) -> None:
    bracelet = Bracelet()
    bracelet.sealer.sequence = 6
    told = bracelet.receive(0, bracelet.sealer.tombstone(first, last))
    assert verdicts(told) == [("tombstone", IMPOSSIBLE_RANGE)]
    assert told.answered == 7
    assert bracelet.counters[IMPOSSIBLE_RANGE] == 1
    assert verdicts(bracelet.receive(1, bracelet.sealer.fix(1))) == [("fix", "")]


# What the ledger has forgotten


def forgetful() -> Bracelet:
    """Its next record is among what has been forgotten; a later one has come."""
    bracelet = Bracelet()
    bracelet.wearer.ledger.restore([0, [900, 901], "", 10, 800])
    bracelet.sealer.sequence = 100
    return bracelet


def test_what_may_be_a_copy_is_kept_and_answered_and_is_no_sign_of_life() -> None:
    bracelet = forgetful()
    sealed = [
        bracelet.sealer.fix(0),
        bracelet.sealer.boot(1),
        bracelet.sealer.event(2, record.MOTION),
        bracelet.sealer.raw(15, b"?"),
        bracelet.sealer.fix(0, lat_e7=0, lon_e7=0),
    ]
    told = bracelet.receive(9, *sealed)
    kinds_kept = ("fix", "boot", "event", "unknown")
    assert verdicts(told) == [
        *((kind, MAYBE_REPLAYED) for kind in kinds_kept),
        ("fix", "null_island"),
    ]
    assert [row.sealed for row in told.rows] == sealed
    assert (told.news, told.answered, told.newest) == ([], 105, 0)
    assert bracelet.wearer.track.fix is None
    assert bracelet.counters == {MAYBE_REPLAYED: 4, "null_island": 1}


def test_an_alarm_that_may_be_a_copy_is_told_unless_something_newer_has_been() -> None:
    bracelet = forgetful()
    panic = bracelet.sealer.event(2, record.PANIC)
    assert bracelet.receive(9, panic).news == [Alarmed("panic", True, at_ms(2))]
    assert bracelet.wearer.alarms == ("panic",)
    bracelet.wearer.ledger.restore([0, [900, 901], "", 10, 800])  # it forgets once more
    copy = bracelet.receive(10, panic)
    assert (verdicts(copy), copy.news) == ([("event", MAYBE_REPLAYED)], [])
    assert bracelet.wearer.alarms == ("panic",)


def test_receipts_and_tombstones_that_may_be_copies_say_what_they_say() -> None:
    bracelet = forgetful()
    receipt, tombstone = bracelet.sealer.receipt(3, 77), bracelet.sealer.tombstone(1, 101)
    told = bracelet.receive(9, receipt, tombstone, bracelet.sealer.tombstone(1, 0))
    assert verdicts(told) == [
        ("receipt", MAYBE_REPLAYED),
        ("tombstone", MAYBE_REPLAYED),
        ("tombstone", IMPOSSIBLE_RANGE),
    ]
    assert told.news == [Receipted(77, record.PRESENTED)]
    assert bracelet.wearer.ledger.watermark == 103


# Events


def test_an_unknown_event_is_an_alarm_under_its_number() -> None:
    bracelet = Bracelet()
    told = bracelet.receive(5, bracelet.sealer.event(1, 200))
    assert told.news == [Alarmed("event_200", True, at_ms(1))]
    assert bracelet.wearer.alarms == ("event_200",)


def test_an_events_time_is_its_own_but_never_the_future() -> None:
    bracelet = Bracelet()
    early = bracelet.receive(5, bracelet.sealer.event(1, record.CASE))
    future = bracelet.receive(6, bracelet.sealer.event(99, record.CASE))
    uptime = bracelet.receive(7, bracelet.sealer.event(1, record.CASE, flags=0))
    assert [told.news for told in (early, future, uptime)] == [
        [Alarmed("case", True, at_ms(s))] for s in (1, 6, 7)
    ]


def test_a_receipt_is_passed_on() -> None:
    bracelet = Bracelet()
    told = bracelet.receive(0, bracelet.sealer.receipt(0, 1 << 63, 99))
    assert told.news == [Receipted(1 << 63, 99)]


def test_what_was_raised_is_told_however_late_and_healed_if_it_has_healed_since() -> None:
    bracelet = Bracelet()
    cut = bracelet.sealer.event(0, record.BATTERY_LOW)
    healed = bracelet.sealer.event(5, record.BATTERY_LOW, 0)
    assert bracelet.receive(6, healed).news == [Alarmed("battery_low", False, at_ms(5))]
    assert bracelet.receive(7, cut).news == [
        Alarmed("battery_low", True, at_ms(0)),
        Alarmed("battery_low", False, at_ms(0)),
    ]
    assert bracelet.wearer.alarms == ()


def test_a_late_healing_never_ends_a_newer_alarm() -> None:
    bracelet = Bracelet()
    healed = bracelet.sealer.event(5, record.STRAP, 0)
    cut = bracelet.sealer.event(9, record.STRAP)
    bracelet.receive(10, cut)
    assert bracelet.receive(11, healed).news == []
    assert bracelet.wearer.alarms == ("strap",)


def test_how_a_latched_contact_moves_is_evidence_and_no_news() -> None:
    bracelet = Bracelet()
    assert kinds(bracelet.receive(1, bracelet.sealer.event(1, record.STRAP))) == [Alarmed, Doubted]
    for raised in (0, 1):
        moved = bracelet.sealer.event(2, record.STRAP, raised, detail=record.MOVED | 20 << 8)
        told = bracelet.receive(3, moved)
        assert (verdicts(told), told.news) == ([("event", "")], [])
        assert (bracelet.wearer.alarms, bracelet.wearer.track.off) == (("strap",), True)
    cleared = bracelet.sealer.event(4, record.STRAP, 0, detail=record.CLEARED)
    assert bracelet.receive(4, cleared).news[0] == Alarmed("strap", False, at_ms(4))
    late = bracelet.sealer.event(4, record.STRAP, 1, detail=record.MOVED | 1 << 8)
    assert bracelet.receive(5, late).news == []  # counted before it was cleared
    assert bracelet.wearer.alarms == ()


def test_moving_off_ends_the_trust_in_rest_but_not_when_it_is_old_news() -> None:
    bracelet = Bracelet()
    moved = bracelet.sealer.event(0, record.MOTION)
    bracelet.receive(5, bracelet.sealer.rest(5))
    assert bracelet.receive(6, moved).news == []  # he has come to rest since
    assert bracelet.wearer.track.resting
    assert bracelet.receive(8, bracelet.sealer.event(7, record.MOTION, 0)).news == []
    # Newer by its sequence, whatever the unit's clock says: trusted at once.
    assert bracelet.receive(9, bracelet.sealer.event(-99_999, record.MOTION)).news == [Doubted()]
    assert not bracelet.wearer.track.resting


def test_an_old_record_does_not_bring_back_an_old_battery() -> None:
    bracelet = Bracelet()
    old, new = bracelet.sealer.fix(0, battery=80), bracelet.sealer.fix(5, battery=20)
    bracelet.receive(6, new)
    bracelet.receive(7, old)
    assert bracelet.wearer.battery == 20
    bracelet.receive(
        8, bracelet.sealer.event(8, record.CHARGING, battery=21), bracelet.sealer.fix(8, battery=22)
    )
    assert bracelet.wearer.battery == 22


# A unit that has changed hands


def test_what_a_unit_says_of_an_earlier_wearer_moves_nothing_of_the_next() -> None:
    bracelet = Bracelet()
    old = bracelet.sealer.fix(50)
    bracelet.wearer.change_hands("pedro", at_ms(100), at_ms(100))
    told = bracelet.receive(110, old)
    assert verdicts(told) == [("fix", EARLIER_WEARER)]
    assert kinds(told) == [CameLate]
    assert bracelet.wearer.track.fix is None
    assert verdicts(bracelet.receive(111, bracelet.sealer.fix(100))) == [("fix", "")]


# The order of arrival


def everything(sealer: Sealer) -> list[bytes]:
    return [
        sealer.fix(0),
        sealer.event(1, record.JAMMING),
        sealer.fix(5, 30, a95_dm=900),
        sealer.event(6, record.JAMMING, 0),
        sealer.event(7, record.CASE),
        sealer.fix(10, 60),
        sealer.event(12, record.BATTERY_LOW, battery=7),
        sealer.fix(15, 90, a95_dm=3000),
        sealer.fix(20, 120, a95_dm=2000),
        lost(sealer),
    ]


def lost(sealer: Sealer) -> bytes:
    """A tombstone for numbers that were never used."""
    sealer.sequence += 2
    return sealer.tombstone(sealer.sequence - 1, sealer.sequence)


@given(st.permutations(range(10)), st.lists(st.integers(0, 9), max_size=4), st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_the_evidence_does_not_depend_on_the_order_of_arrival(
    arrival: list[int], again: list[int], size: int
) -> None:
    straight, mixed = Bracelet(), Bracelet()
    for s, one in enumerate(everything(straight.sealer)):
        straight.receive(30 + s, one)
    sealed = everything(mixed.sealer)
    order = [*arrival, *again]
    for s in range(0, len(order), size):
        mixed.receive(30 + s, *(sealed[i] for i in order[s : s + size]))
    for bracelet in (straight, mixed):
        assert bracelet.wearer.ledger.watermark == 12
    assert mixed.wearer.track.fix == straight.wearer.track.fix
    assert mixed.wearer.track.anchor == straight.wearer.track.anchor
    for bracelet in (straight, mixed):
        assert bracelet.wearer.alarms == ("case", "battery_low")
        assert bracelet.wearer.battery == 90
