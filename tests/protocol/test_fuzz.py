"""Whatever the bytes, a reader gives a record, None or a named error; what is sealed returns."""

from struct import calcsize
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from protocol import command, record
from protocol.errors import WireError
from protocol.seal import Channel, down_channel, up_channel
from protocol.topics import MESSAGE_BYTES_MAX
from tests.protocol.make_vectors import commanded, flipped, sealed

KEY = b"k" * 32
UP, DOWN = up_channel(KEY, "B7", 1), down_channel(KEY, "B7", 1)

_RANGES = {"B": (0, 255), "H": (0, 65535), "I": (0, 2**32 - 1), "Q": (0, 2**64 - 1)}


def _field(code: str) -> SearchStrategy[Any]:
    if code.endswith("s"):
        return st.binary(min_size=12, max_size=12)
    low, high = _RANGES.get(code, (-(2**31), 2**31 - 1))
    return st.integers(low, high)


def _all_of(kinds: dict[int, tuple[str, Any]], common: str) -> SearchStrategy[Any]:
    """Every type over the full ranges of its fields."""
    return st.one_of(
        [
            st.builds(shape, *map(_field, common + layout[1:].replace("12s", "s")))
            for layout, shape in kinds.values()
        ]
    )


BODIES: dict[int, tuple[str, Any]] = dict(record._BODIES)
records = _all_of(BODIES, "IB")
commands = _all_of(dict(command._PAYLOADS), "QBI")


def read(data: bytes, channel: Channel = UP) -> Any:
    """The record, None, or the reason; anything else that is raised fails the test."""
    try:
        return record.decode(data, channel)
    except WireError as error:
        return error.reason


def obey(data: bytes) -> Any:
    """The command, None, or the reason; anything else that is raised fails the test."""
    try:
        return command.decode(data, DOWN)
    except WireError as error:
        return error.reason


@given(records)
def test_every_record_comes_back(told: Any) -> None:
    data = record.encode(told, UP)
    assert len(data) <= record.RECORD_BYTES_MAX
    assert record.split(data) == ([data], b"", "")
    assert record.sequence_of(data) == told.sequence
    assert read(data) == told


@given(commands)
def test_every_command_comes_back_and_has_the_same_length(said: Any) -> None:
    data = command.encode(said, DOWN)
    assert len(data) == command.COMMAND_BYTES
    assert obey(data) == said


@given(records, records)
def test_two_records_never_share_a_seal(one: Any, other: Any) -> None:
    seals = {record.encode(told, UP)[-16:] for told in (one, other)}
    assert (len(seals) == 1) == (one == other and type(one) is type(other))


@given(st.binary(max_size=80))
def test_random_bytes_are_refused_with_a_reason(data: bytes) -> None:
    assert isinstance(read(data), str)
    assert isinstance(obey(data), str)


@given(st.binary(max_size=MESSAGE_BYTES_MAX + 100))
def test_random_messages_are_cut_and_nothing_of_them_is_dropped(message: bytes) -> None:
    records, rest, reason = record.split(message)
    assert b"".join(records) + rest == message
    assert reason or not rest
    assert all(isinstance(read(one), str) for one in records)


@given(records, st.data())
def test_a_damaged_record_is_refused(told: Any, data: st.DataObject) -> None:
    good = record.encode(told, UP)
    at = data.draw(st.integers(0, len(good) - 1))
    assert isinstance(read(flipped(good, at, data.draw(st.integers(0, 7)))), str)
    assert isinstance(read(good[:at]), str)
    assert isinstance(read(good + data.draw(st.binary(min_size=1, max_size=20))), str)


@given(commands, st.integers(0, 59), st.integers(0, 7))
def test_a_damaged_command_is_refused(said: Any, at: int, bit: int) -> None:
    good = command.encode(said, DOWN)
    assert isinstance(obey(flipped(good, at, bit)), str)
    assert isinstance(obey(good[:at]), str)


@given(st.integers(0, 15), st.integers(0, 255), st.integers(0, 2**32 - 1), st.binary(max_size=231))
def test_any_authentic_body_is_read_passed_over_or_too_short(
    kind: int, flags: int, sequence: int, body: bytes
) -> None:
    """The sender has the key, but speaks of types and fields to come, or nonsense."""
    told = read(sealed(record.VERSION << 4 | kind, flags, sequence, body, UP))
    if kind not in BODIES:
        assert told is None
    elif len(body) < calcsize(BODIES[kind][0]):
        assert told == "truncated"
    else:
        assert (type(told), told.sequence, told.flags) == (BODIES[kind][1], sequence, flags)


@given(st.integers(0, 2**64 - 1), st.binary(max_size=32))
def test_any_authentic_command_is_obeyed_or_passed_over(number: int, body: bytes) -> None:
    said = obey(commanded(record.VERSION << 4, number, body, DOWN))
    assert said is None or said.number == number


@given(records)
def test_a_record_says_nothing_to_another_unit_direction_or_epoch(told: Any) -> None:
    data = record.encode(told, UP)
    for other in (up_channel(KEY, "B8", 1), up_channel(KEY, "B7", 257), DOWN):
        assert read(data, other) == "bad_seal"
