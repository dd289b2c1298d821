"""One message: whatever is wrong with a part of it, the good records of it are taken."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.ingest.intake import MESSAGE, Intake, take
from host.ingest.ledger import DUPLICATE, REPLAYED, TAMPER, Ledger
from protocol import record
from protocol.topics import MESSAGE_BYTES_MAX
from tests.host.driven_centre import BRACELET, VICTIM_UNIT, Sealer


class Bracelet:
    """The bracelet, and the host's ledger of it."""

    def __init__(self) -> None:
        self.sealer = Sealer(BRACELET)
        self.ledger = Ledger()

    def take(self, *sealed: bytes) -> Intake:
        return take(b"".join(sealed), self.sealer.channel, self.ledger)


def reasons(intake: Intake) -> list[str]:
    return [part.reason for part in intake.parts]


def altered(at: int, value: int) -> bytes:
    """The bracelet's first record with one byte changed."""
    sealed = bytearray(Sealer(BRACELET).fix(0))
    assert sealed[at] != value
    sealed[at] = value
    return bytes(sealed)


FORGED = {
    "of another unit": (Sealer(VICTIM_UNIT).fix(0), "bad_seal"),
    "of an earlier enrolment": (Sealer(replace(BRACELET, epoch=9)).fix(0), "unknown_key"),
    "of an enrolment with the same key id": (
        Sealer(replace(BRACELET, epoch=257)).fix(0),
        "bad_seal",
    ),
    "under another key": (Sealer(replace(BRACELET, key=bytes(32))).fix(0), "bad_seal"),
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
    bracelet = Bracelet()
    before = bracelet.ledger.state()
    intake = bracelet.take(forged)
    assert reasons(intake) == [reason]
    assert intake.parts[0].sealed == forged  # for the quarantine
    assert (intake.answered, intake.newest) == (0, 0)
    assert bracelet.ledger.state() == before


@pytest.mark.parametrize(("forged", "reason"), FORGED.values(), ids=FORGED)
def test_good_records_about_a_forged_one_are_taken(forged: bytes, reason: str) -> None:
    bracelet = Bracelet()
    intake = bracelet.take(bracelet.sealer.fix(0), forged, bracelet.sealer.fix(5))
    assert reasons(intake) == ["", reason, ""]
    assert (intake.answered, intake.newest, bracelet.ledger.watermark) == (2, 2, 2)


TAILS = {
    "a lone byte": (b"\x11", "truncated"),
    "half a record": (Sealer(BRACELET).fix(9)[:40], "truncated"),
    "a record less a byte": (Sealer(BRACELET).fix(9)[:-1], "truncated"),
    "a length of zero": (bytes((0x11, 0)) + bytes(30), "wrong_length"),
    "a length too short for a seal": (bytes((0x11, 23)) + bytes(30), "wrong_length"),
    "a length beyond the message": (bytes((0x11, 255)) + bytes(30), "truncated"),
}


@pytest.mark.parametrize(("tail", "reason"), TAILS.values(), ids=TAILS)
def test_what_cannot_be_cut_costs_no_good_record_before_it(tail: bytes, reason: str) -> None:
    bracelet = Bracelet()
    intake = bracelet.take(bracelet.sealer.fix(0), bracelet.sealer.fix(5), tail)
    assert reasons(intake) == ["", "", reason]
    assert intake.parts[-1].sequence == MESSAGE
    assert intake.parts[-1].sealed == tail
    assert intake.answered == 2
    alone = Bracelet().take(tail)
    assert reasons(alone) == [reason]
    assert alone.answered == 0


def test_an_oversized_message_is_refused_unread() -> None:
    bracelet = Bracelet()
    message = b"".join(bracelet.sealer.fix(s) for s in range(86))
    assert len(message) > MESSAGE_BYTES_MAX
    intake = bracelet.take(message)
    assert reasons(intake) == ["oversized"]
    assert intake.answered == bracelet.ledger.watermark == 0
    assert reasons(bracelet.take(message[: 85 * 48])) == [""] * 85


def test_an_empty_message_is_refused() -> None:
    assert reasons(Bracelet().take(b"")) == ["truncated"]


def test_an_unknown_type_is_kept_and_acknowledged() -> None:
    bracelet = Bracelet()
    intake = bracelet.take(bracelet.sealer.raw(14, b"from a later firmware"))
    assert intake.parts[0].record is None
    assert reasons(intake) == [""]
    assert (intake.answered, intake.newest) == (1, 1)


def test_fields_appended_to_a_known_type_are_passed_over() -> None:
    bracelet = Bracelet()
    body = b"\x01\x00\x00\x00\x05\x00\x00\x00\x01" + b"more"
    intake = bracelet.take(bracelet.sealer.raw(record.TOMBSTONE, body))
    assert intake.parts[0].record == record.Tombstone(1, 0, 1, 5, record.RESERVED)


@pytest.mark.parametrize("kind", [record.FIX, record.EVENT, record.BOOT, record.RECEIPT])
def test_an_authentic_record_without_its_fields_is_acknowledged_or_it_would_come_for_ever(
    kind: int,
) -> None:
    bracelet = Bracelet()
    sealed = bracelet.sealer.raw(kind, b"ab")
    intake = bracelet.take(sealed, bracelet.sealer.fix(1))
    assert reasons(intake) == ["truncated", ""]
    assert (intake.answered, bracelet.ledger.watermark) == (2, 2)
    assert reasons(bracelet.take(sealed)) == [DUPLICATE]


def test_a_copy_is_answered_and_is_nothing_new() -> None:
    bracelet = Bracelet()
    sealed = bracelet.sealer.fix(0)
    bracelet.take(sealed)
    intake = bracelet.take(sealed)
    assert reasons(intake) == [DUPLICATE]
    assert (intake.answered, intake.newest) == (1, 0)


def test_a_copy_from_long_ago_is_kept_for_its_content_cannot_be_compared() -> None:
    bracelet = Bracelet()
    first = bracelet.sealer.fix(0)
    bracelet.take(first, *(bracelet.sealer.fix(s) for s in range(1, 9)))
    intake = bracelet.take(first)
    assert reasons(intake) == [REPLAYED]
    assert (intake.answered, intake.newest) == (1, 0)


def test_the_same_sequence_with_other_content_is_tampering() -> None:
    bracelet, twin = Bracelet(), Sealer(BRACELET)
    bracelet.take(bracelet.sealer.fix(0))
    intake = bracelet.take(twin.fix(0, 5000))
    assert reasons(intake) == [TAMPER]
    assert (intake.answered, intake.newest) == (1, 0)
    both = Bracelet()
    assert reasons(both.take(Sealer(BRACELET).fix(0), Sealer(BRACELET).fix(0, 9))) == ["", TAMPER]


def test_sequence_zero_which_no_unit_uses_is_never_new() -> None:
    bracelet = Bracelet()
    bracelet.sealer.sequence = -1
    intake = bracelet.take(bracelet.sealer.fix(0))
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
    sealer = Sealer(BRACELET)
    sealer.sequence = n
    return sealer.fix(n)


@given(st.lists(pieces, max_size=8))
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_it_and_only_authentic_ones_count(parts: list[bytes]) -> None:
    bracelet = Bracelet()
    intake = bracelet.take(*parts)
    new = {part.sequence for part in intake.parts if not part.reason}
    authentic = {n + 1 for n in range(12) if numbered(n) in b"".join(parts)}
    assert new <= authentic
    assert intake.newest == max(new, default=0)
    assert all(bracelet.ledger.has(sequence) for sequence in new)
    assert b"".join(part.sealed for part in intake.parts) == b"".join(parts)  # nothing is dropped
