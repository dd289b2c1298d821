from protocol import record
from protocol.errors import BadSeal, Truncated, WireError, WrongLength
from protocol.record import Boot, Event, Fix, Receipt, Tombstone
from protocol.seal import SEAL_BYTES, up_channel
from protocol.topics import MESSAGE_BYTES_MAX

UP = up_channel(b"k" * 32, "B7", 1)
FIX = Fix(9, record.UTC, 1700000000, 0, 146349150, -905068820, 42, 0, 0, 0, 50, 9, 30)
RECORDS = (
    FIX,
    Event(10, 0, 5, 999, record.PANIC, 1, -2, 5, 50),
    Boot(11, 0, 0, 1, 3, 1, 1, 0, 1, b"ValueError\x00\x00"),
    Receipt(12, record.UTC, 1700000000, 0, (1 << 64) - 1, record.PRESENTED),
    Tombstone(13, 0, 1, 8, record.THINNED),
)


def raises(error, read, *arguments):
    try:
        read(*arguments)
    except error:
        return True
    return False


def test_what_is_sealed_is_read_again():
    for told in RECORDS:
        sealed = record.encode(told, UP)
        assert record.decode(sealed, UP) == told
        assert type(record.decode(sealed, UP)) is type(told)
        assert record.sequence_of(sealed) == told.sequence


def test_sizes():
    assert [len(record.encode(told, UP)) for told in RECORDS] == [48, 41, 48, 39, 33]
    assert record.RECORD_BYTES_MAX == 48


def test_bodies_are_encrypted():
    for told in RECORDS:
        first = record.encode(told, UP)
        second = record.encode(type(told)(told[0] + 1, *told[1:]), UP)
        assert first[8:-SEAL_BYTES] != second[8:-SEAL_BYTES]


def test_the_same_record_is_always_sealed_alike():
    assert record.encode(FIX, UP) == record.encode(FIX, UP)


def test_every_flipped_bit_is_refused():
    sealed = record.encode(FIX, UP)
    for at in range(len(sealed)):
        for bit in range(8):
            flipped = sealed[:at] + bytes((sealed[at] ^ 1 << bit,)) + sealed[at + 1 :]
            assert raises(WireError, record.decode, flipped, UP), (at, bit)


def test_every_truncation_is_refused():
    sealed = record.encode(FIX, UP)
    for size in range(len(sealed)):
        expected = Truncated if size < 24 else WrongLength
        assert raises(expected, record.decode, sealed[:size], UP), size


def test_a_truncation_with_a_fitting_length_breaks_the_seal():
    sealed = record.encode(FIX, UP)
    cut = sealed[:1] + bytes((40,)) + sealed[2:40]
    assert raises(BadSeal, record.decode, cut, UP)


def test_a_message_is_cut_into_its_records():
    sealed = [record.encode(told, UP) for told in RECORDS]
    assert record.split(b"".join(sealed)) == (sealed, b"", "")
    assert record.split(sealed[0]) == ([sealed[0]], b"", "")
    assert record.split(b"") == ([], b"", "truncated")


def test_a_message_of_the_greatest_length_is_read_and_no_longer_one():
    message = record.encode(FIX, UP) * 84 + bytes((0, 64)) + bytes(62)
    assert len(message) == MESSAGE_BYTES_MAX
    records, rest, reason = record.split(message)
    assert (len(records), rest, reason) == (85, b"", "")
    assert record.split(message + b"\x00") == ([], message + b"\x00", "oversized")


def test_a_cut_message_loses_no_record_before_the_cut():
    first = record.encode(FIX, UP)
    message = first + record.encode(RECORDS[1], UP)
    for size in range(48):
        assert record.split(message[:size]) == ([], message[:size], "truncated"), size
    for size in range(49, len(message)):
        assert record.split(message[:size]) == ([first], message[48:size], "truncated"), size


def test_a_length_below_header_and_seal_is_refused():
    sealed = record.encode(FIX, UP)
    for length in range(24):
        lied = sealed[:1] + bytes((length,)) + sealed[2:]
        assert record.split(sealed + lied) == ([sealed], lied, "wrong_length"), length
        assert raises(WrongLength, record.decode, lied, UP), length


def test_packed_bytes():
    quality = record.THREE_D | record.AT_REST
    assert record.pack_source(record.CELL, quality) == 0x52
    assert record.pack_satellites(12, record.CLOCK_RESOLVED) == 0x4C
    assert record.pack_satellites(99, record.CLOCK_HELD) == 0x3F
