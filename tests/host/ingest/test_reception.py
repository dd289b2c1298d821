"""What a message leaves in the log, in the wearer, and as news for the orders."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.ingest.ledger import REPLAYED, TAMPER, TOO_MANY_GAPS
from host.ingest.news import Alarmed, CameLate, Doubted, Moved, Presented
from host.ingest.reception import EARLIER_WEARER, IMPOSSIBLE_RANGE
from host.proximity.track import IMPOSSIBLE_SPEED, LATE
from protocol import record
from tests.host.ingest.desk import Desk, kinds, verdicts
from tests.host.proximity.pair import START_MS
from tests.host.scene import BRACELET, Voice, at_ms


def test_every_record_leaves_a_row_with_its_sealed_bytes_in_the_order_of_the_message() -> None:
    desk = Desk()
    forged = Voice(BRACELET).fix(0)[:-1] + b"\x00"
    sealed = [
        desk.voice.fix(0),
        forged,
        desk.voice.event(1, record.CASE),
        desk.voice.boot(2),
        desk.voice.receipt(3, 77),
        desk.voice.tombstone(1, 2),
        desk.voice.raw(15, b"?"),
    ]
    told = desk.receive(10, *sealed, b"tail")
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
    assert desk.counters == {"accepted": 6, "bad_seal": 1, "truncated": 1}


def test_only_fixes_have_positions_in_their_rows() -> None:
    desk = Desk()
    told = desk.receive(9, desk.voice.fix(0), desk.voice.event(1, record.PANIC))
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
    desk = Desk()
    told = desk.receive(0, desk.voice.fix(0, **changed), desk.voice.fix(0))
    assert verdicts(told) == [("fix", reason), ("fix", "")]
    assert told.answered == 2
    assert desk.wearer.ledger.has(1)
    assert desk.counters[reason] == 1
    assert desk.wearer.track.fix is not None
    assert desk.wearer.track.fix.sequence == 2


def test_a_copy_leaves_no_row_and_an_old_copy_does() -> None:
    desk = Desk()
    first = desk.voice.fix(0)
    desk.receive(0, first)
    assert desk.receive(1, first) == ([], [], 1, 0)
    desk.receive(2, *(desk.voice.event(1, record.CHARGING) for _ in range(8)))
    told = desk.receive(3, first)
    assert verdicts(told) == [("record", REPLAYED)]
    assert (told.news, told.newest) == ([], 0)
    assert desk.counters == {"accepted": 9, "duplicate": 1, REPLAYED: 1}


def test_two_contents_for_one_sequence_are_both_kept_and_neither_believed() -> None:
    one, other = Voice(BRACELET).fix(0), Voice(BRACELET).fix(0, 40)
    for messages in (((one,), (other,)), ((one, other),)):
        desk = Desk()
        told = [desk.receive(s, *message) for s, message in enumerate(messages)]
        rows = [row for reception in told for row in reception.rows]
        assert [(row.sealed, row.verdict) for row in rows] == [(one, ""), (other, TAMPER)]
        assert told[-1].news[-2:] == [Alarmed("tamper", True, rows[-1].received_ms), Doubted()]
        assert desk.wearer.track.anchor is None


def test_a_backlog_that_comes_with_the_newest_fix_is_not_late_against_it() -> None:
    desk = Desk()
    sealed = [desk.voice.fix(s) for s in range(0, 50, 5)]
    assert kinds(desk.receive(60, *reversed(sealed))) == [Moved] * 10


def test_a_late_fix_is_evidence_only() -> None:
    desk = Desk()
    old, new = desk.voice.fix(0), desk.voice.fix(5)
    desk.receive(6, new)
    told = desk.receive(7, old)
    assert verdicts(told) == [("fix", LATE)]
    assert kinds(told) == [CameLate]


def test_an_impossible_jump_is_kept_flagged_and_doubted() -> None:
    desk = Desk()
    desk.receive(0, desk.voice.fix(0))
    told = desk.receive(5, desk.voice.fix(5, 90_000))
    assert verdicts(told) == [("fix", IMPOSSIBLE_SPEED)]
    assert kinds(told) == [Doubted]


def test_a_tombstone_covers_what_came_before_it() -> None:
    desk = Desk()
    desk.voice.sequence = 64
    told = desk.receive(0, desk.voice.tombstone(1, 64))
    assert verdicts(told) == [("tombstone", "")]
    assert desk.wearer.ledger.watermark == 65


@pytest.mark.parametrize(("first", "last"), [(1, 9), (1, 0xFFFF_FFFF), (5, 4), (0, 2), (7, 7)])
def test_a_tombstone_for_what_is_yet_to_come_would_silence_the_unit_for_ever(
    first: int, last: int
) -> None:
    desk = Desk()
    desk.voice.sequence = 6
    told = desk.receive(0, desk.voice.tombstone(first, last))
    assert verdicts(told) == [("tombstone", IMPOSSIBLE_RANGE)]
    assert told.answered == 7
    assert desk.counters[IMPOSSIBLE_RANGE] == 1
    assert verdicts(desk.receive(1, desk.voice.fix(1))) == [("fix", "")]


def test_too_many_gaps_are_refused_by_name_and_not_acknowledged() -> None:
    desk = Desk()
    desk.wearer.ledger.restore(
        [0, [edge for n in range(512) for edge in (3 * n + 2, 3 * n + 3)], ""]
    )
    desk.voice.sequence = 5000
    told = desk.receive(0, desk.voice.fix(0))
    assert verdicts(told) == [("record", TOO_MANY_GAPS)]
    assert (told.answered, told.newest) == (0, 0)


# Events


def test_an_unknown_event_is_an_alarm_under_its_number() -> None:
    desk = Desk()
    told = desk.receive(5, desk.voice.event(1, 200))
    assert told.news == [Alarmed("event_200", True, at_ms(1))]
    assert desk.wearer.alarms == ("event_200",)


def test_an_events_time_is_its_own_but_never_the_future() -> None:
    desk = Desk()
    early = desk.receive(5, desk.voice.event(1, record.CASE))
    future = desk.receive(6, desk.voice.event(99, record.CASE))
    uptime = desk.receive(7, desk.voice.event(1, record.CASE, flags=0))
    assert [told.news for told in (early, future, uptime)] == [
        [Alarmed("case", True, at_ms(s))] for s in (1, 6, 7)
    ]


def test_a_receipt_is_passed_on() -> None:
    desk = Desk()
    told = desk.receive(0, desk.voice.receipt(0, 1 << 63, 99))
    assert told.news == [Presented(1 << 63, 99)]


def test_what_was_raised_is_told_however_late_and_healed_if_it_has_healed_since() -> None:
    desk = Desk()
    cut = desk.voice.event(0, record.BATTERY_LOW)
    healed = desk.voice.event(5, record.BATTERY_LOW, 0)
    assert desk.receive(6, healed).news == [Alarmed("battery_low", False, at_ms(5))]
    assert desk.receive(7, cut).news == [
        Alarmed("battery_low", True, at_ms(0)),
        Alarmed("battery_low", False, at_ms(0)),
    ]
    assert desk.wearer.alarms == ()


def test_a_late_healing_never_ends_a_newer_alarm() -> None:
    desk = Desk()
    healed = desk.voice.event(5, record.STRAP, 0)
    cut = desk.voice.event(9, record.STRAP)
    desk.receive(10, cut)
    assert desk.receive(11, healed).news == []
    assert desk.wearer.alarms == ("strap",)


def test_moving_off_ends_the_trust_in_rest_but_not_when_it_is_old_news() -> None:
    desk = Desk()
    moved = desk.voice.event(0, record.MOTION)
    desk.receive(5, desk.voice.rest(5))
    assert desk.receive(6, moved).news == []  # he has come to rest since
    assert desk.wearer.track.resting
    assert desk.receive(8, desk.voice.event(7, record.MOTION, 0)).news == []
    # Newer by its sequence, whatever the unit's clock says: trusted at once.
    assert desk.receive(9, desk.voice.event(-99_999, record.MOTION)).news == [Doubted()]
    assert not desk.wearer.track.resting


def test_an_old_record_does_not_bring_back_an_old_battery() -> None:
    desk = Desk()
    old, new = desk.voice.fix(0, battery=80), desk.voice.fix(5, battery=20)
    desk.receive(6, new)
    desk.receive(7, old)
    assert desk.wearer.battery == 20
    desk.receive(8, desk.voice.event(8, record.CHARGING, battery=21), desk.voice.fix(8, battery=22))
    assert desk.wearer.battery == 22


# A unit that has changed hands


def test_what_a_unit_says_of_an_earlier_wearer_moves_nothing_of_the_next() -> None:
    desk = Desk()
    old = desk.voice.fix(50)
    desk.wearer.change_hands("pedro", at_ms(100))
    told = desk.receive(110, old)
    assert verdicts(told) == [("fix", EARLIER_WEARER)]
    assert kinds(told) == [CameLate]
    assert desk.wearer.track.fix is None
    assert verdicts(desk.receive(111, desk.voice.fix(100))) == [("fix", "")]


# The order of arrival


def everything(voice: Voice) -> list[bytes]:
    return [
        voice.fix(0),
        voice.event(1, record.JAMMING),
        voice.fix(5, 30, a95_dm=900),
        voice.event(6, record.JAMMING, 0),
        voice.event(7, record.CASE),
        voice.fix(10, 60),
        voice.event(12, record.BATTERY_LOW, battery=7),
        voice.fix(15, 90, a95_dm=3000),
        voice.fix(20, 120, a95_dm=2000),
        lost(voice),
    ]


def lost(voice: Voice) -> bytes:
    """A tombstone for numbers that were never used."""
    voice.sequence += 2
    return voice.tombstone(voice.sequence - 1, voice.sequence)


@given(st.permutations(range(10)), st.lists(st.integers(0, 9), max_size=4), st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_the_evidence_does_not_depend_on_the_order_of_arrival(
    arrival: list[int], again: list[int], size: int
) -> None:
    straight, mixed = Desk(), Desk()
    for s, one in enumerate(everything(straight.voice)):
        straight.receive(30 + s, one)
    sealed = everything(mixed.voice)
    order = [*arrival, *again]
    for s in range(0, len(order), size):
        mixed.receive(30 + s, *(sealed[i] for i in order[s : s + size]))
    for desk in (straight, mixed):
        assert desk.wearer.ledger.watermark == 12
    assert mixed.wearer.track.fix == straight.wearer.track.fix
    assert mixed.wearer.track.anchor == straight.wearer.track.anchor
    for desk in (straight, mixed):
        assert desk.wearer.alarms == ("case", "battery_low")
        assert desk.wearer.battery == 90
