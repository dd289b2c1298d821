"""One message: whatever is wrong with a part of it, the good records of it are taken."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.ingest.intake import MESSAGE, Intake, take
from host.ingest.ledger import DUPLICATE, REPLAYED, TAMPER, Ledger
from protocol import record
from protocol.topics import MESSAGE_BYTES_MAX
from tests.host.scene import BRACELET, VICTIM_UNIT, Voice


class Desk:
    """The bracelet, and the host's ledger of it."""

    def __init__(self) -> None:
        self.voice = Voice(BRACELET)
        self.ledger = Ledger()

    def take(self, *sealed: bytes) -> Intake:
        return take(b"".join(sealed), self.voice.channel, self.ledger)


def reasons(intake: Intake) -> list[str]:
    return [part.reason for part in intake.parts]


def altered(at: int, value: int) -> bytes:
    """The bracelet's first record with one byte changed."""
    sealed = bytearray(Voice(BRACELET).fix(0))
    assert sealed[at] != value
    sealed[at] = value
    return bytes(sealed)


FORGED = {
    "of another unit": (Voice(VICTIM_UNIT).fix(0), "bad_seal"),
    "of an earlier enrolment": (Voice(replace(BRACELET, epoch=9)).fix(0), "unknown_key"),
    "of an enrolment with the same key id": (
        Voice(replace(BRACELET, epoch=257)).fix(0),
        "bad_seal",
    ),
    "under another key": (Voice(replace(BRACELET, key=bytes(32))).fix(0), "bad_seal"),
    "with another sequence": (altered(4, 99), "bad_seal"),
    "with another body": (altered(20, 0), "bad_seal"),
    "with other flags": (altered(3, 0), "bad_seal"),
    "of another type": (altered(0, record.VERSION << 4 | record.EVENT), "bad_seal"),
    "of another version": (altered(0, 2 << 4 | record.FIX), "unknown_version"),
    "with another seal": (altered(-1, 0), "bad_seal"),
    "of zeros": (bytes((0x11, 48, 1, 1)) + bytes(44), "bad_seal"),
}


@pytest.mark.parametrize(("forged", "reason"), FORGED.values(), ids=FORGED)
def test_a_forged_record_moves_nothing_and_is_never_acknowledged(
    forged: bytes, reason: str
) -> None:
    desk = Desk()
    before = desk.ledger.state()
    intake = desk.take(forged)
    assert reasons(intake) == [reason]
    assert intake.parts[0].sealed == forged  # for the quarantine
    assert (intake.answered, intake.newest) == (0, 0)
    assert desk.ledger.state() == before


@pytest.mark.parametrize(("forged", "reason"), FORGED.values(), ids=FORGED)
def test_good_records_about_a_forged_one_are_taken(forged: bytes, reason: str) -> None:
    desk = Desk()
    intake = desk.take(desk.voice.fix(0), forged, desk.voice.fix(5))
    assert reasons(intake) == ["", reason, ""]
    assert (intake.answered, intake.newest, desk.ledger.watermark) == (2, 2, 2)


TAILS = {
    "a lone byte": (b"\x11", "truncated"),
    "half a record": (Voice(BRACELET).fix(9)[:40], "truncated"),
    "a record less a byte": (Voice(BRACELET).fix(9)[:-1], "truncated"),
    "a length of zero": (bytes((0x11, 0)) + bytes(30), "wrong_length"),
    "a length too short for a seal": (bytes((0x11, 23)) + bytes(30), "wrong_length"),
    "a length beyond the message": (bytes((0x11, 255)) + bytes(30), "truncated"),
}


@pytest.mark.parametrize(("tail", "reason"), TAILS.values(), ids=TAILS)
def test_what_cannot_be_cut_costs_no_good_record_before_it(tail: bytes, reason: str) -> None:
    desk = Desk()
    intake = desk.take(desk.voice.fix(0), desk.voice.fix(5), tail)
    assert reasons(intake) == ["", "", reason]
    assert intake.parts[-1].sequence == MESSAGE
    assert intake.parts[-1].sealed == tail
    assert intake.answered == 2
    alone = Desk().take(tail)
    assert reasons(alone) == [reason]
    assert alone.answered == 0


def test_an_oversized_message_is_refused_unread() -> None:
    desk = Desk()
    message = b"".join(desk.voice.fix(s) for s in range(86))
    assert len(message) > MESSAGE_BYTES_MAX
    intake = desk.take(message)
    assert reasons(intake) == ["oversized"]
    assert intake.answered == desk.ledger.watermark == 0
    assert reasons(desk.take(message[: 85 * 48])) == [""] * 85


def test_an_empty_message_is_refused() -> None:
    assert reasons(Desk().take(b"")) == ["truncated"]


def test_an_unknown_type_is_kept_and_acknowledged() -> None:
    desk = Desk()
    intake = desk.take(desk.voice.raw(14, b"from a later firmware"))
    assert intake.parts[0].record is None
    assert reasons(intake) == [""]
    assert (intake.answered, intake.newest) == (1, 1)


def test_fields_appended_to_a_known_type_are_passed_over() -> None:
    desk = Desk()
    body = b"\x01\x00\x00\x00\x05\x00\x00\x00\x01" + b"more"
    intake = desk.take(desk.voice.raw(record.TOMBSTONE, body))
    assert intake.parts[0].record == record.Tombstone(1, 0, 1, 5, record.RESERVED)


@pytest.mark.parametrize("kind", [record.FIX, record.EVENT, record.BOOT, record.RECEIPT])
def test_an_authentic_record_without_its_fields_is_acknowledged_or_it_would_come_for_ever(
    kind: int,
) -> None:
    desk = Desk()
    sealed = desk.voice.raw(kind, b"ab")
    intake = desk.take(sealed, desk.voice.fix(1))
    assert reasons(intake) == ["truncated", ""]
    assert (intake.answered, desk.ledger.watermark) == (2, 2)
    assert reasons(desk.take(sealed)) == [DUPLICATE]


def test_a_copy_is_answered_and_is_nothing_new() -> None:
    desk = Desk()
    sealed = desk.voice.fix(0)
    desk.take(sealed)
    intake = desk.take(sealed)
    assert reasons(intake) == [DUPLICATE]
    assert (intake.answered, intake.newest) == (1, 0)


def test_a_copy_from_long_ago_is_kept_for_its_content_cannot_be_compared() -> None:
    desk = Desk()
    first = desk.voice.fix(0)
    desk.take(first, *(desk.voice.fix(s) for s in range(1, 9)))
    intake = desk.take(first)
    assert reasons(intake) == [REPLAYED]
    assert (intake.answered, intake.newest) == (1, 0)


def test_the_same_sequence_with_other_content_is_tampering() -> None:
    desk, twin = Desk(), Voice(BRACELET)
    desk.take(desk.voice.fix(0))
    intake = desk.take(twin.fix(0, 5000))
    assert reasons(intake) == [TAMPER]
    assert (intake.answered, intake.newest) == (1, 0)
    both = Desk()
    assert reasons(both.take(Voice(BRACELET).fix(0), Voice(BRACELET).fix(0, 9))) == ["", TAMPER]


def test_sequence_zero_which_no_unit_uses_is_never_new() -> None:
    desk = Desk()
    desk.voice.sequence = -1
    intake = desk.take(desk.voice.fix(0))
    assert reasons(intake) == [REPLAYED]
    assert intake.answered == 0


pieces = st.one_of(
    st.integers(0, 11).map(lambda n: numbered(n)),
    st.binary(max_size=60),
    st.integers(0, 11).flatmap(
        lambda n: st.tuples(st.integers(0, 47), st.integers(1, 255)).map(
            lambda flip: bytes(
                byte ^ (flip[1] if at == flip[0] else 0) for at, byte in enumerate(numbered(n))
            )
        )
    ),
)


def numbered(n: int) -> bytes:
    voice = Voice(BRACELET)
    voice.sequence = n
    return voice.fix(n)


@given(st.lists(pieces, max_size=8))
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_it_and_only_authentic_ones_count(parts: list[bytes]) -> None:
    desk = Desk()
    intake = desk.take(*parts)
    new = {part.sequence for part in intake.parts if not part.reason}
    authentic = {n + 1 for n in range(12) if numbered(n) in b"".join(parts)}
    assert new <= authentic
    assert intake.newest == max(new, default=0)
    assert all(desk.ledger.has(sequence) for sequence in new)
    assert b"".join(part.sealed for part in intake.parts) == b"".join(parts)  # nothing is dropped
