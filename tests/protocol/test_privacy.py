"""What somebody who watches a bracelet's traffic can tell: nothing that depends on content."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from protocol import command, topics
from protocol.seal import down_channel
from tests.protocol.test_fuzz import commands

CLEAR_BYTES = 12
SEAL_BYTES = 16
DOWN = down_channel(b"k" * 32, "B7", 1)


@given(commands, commands, st.integers(0, 2**64 - 1))
def test_clear_bytes_hold_the_number_and_nothing_of_the_content(
    one: Any, other: Any, number: int
) -> None:
    first = command.encode(one._replace(number=number), DOWN)
    second = command.encode(other._replace(number=number), DOWN)
    assert len(first) == len(second) == command.COMMAND_BYTES
    assert first[:CLEAR_BYTES] == second[:CLEAR_BYTES]
    assert first[4:CLEAR_BYTES] == number.to_bytes(8, "little")


@given(commands)
def test_the_same_content_under_another_number_looks_unrelated(said: Any) -> None:
    first = command.encode(said._replace(number=1), DOWN)[CLEAR_BYTES:]
    second = command.encode(said._replace(number=2), DOWN)[CLEAR_BYTES:]
    assert first != second
    # Two independent runs of 48 bytes agree in a fifth of a byte on average.
    assert sum(a == b for a, b in zip(first, second)) < 12


def test_every_encrypted_byte_looks_random_over_many_numbers() -> None:
    """A quiet answer and an urgent warning alike: no byte of the body ever stands still."""
    quiet = command.Answer(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    urgent = command.Warning(0, 0, 0, 0, command.BREACH, command.PATTERN_URGENT, 0)
    for said in (quiet, urgent):
        bodies = [command.encode(said._replace(number=n), DOWN)[CLEAR_BYTES:] for n in range(512)]
        for at in range(command.COMMAND_BYTES - CLEAR_BYTES):
            # 512 draws of 256 values show about 221 of them.
            assert len({body[at] for body in bodies}) > 180


def test_topics_name_one_unit_and_no_other() -> None:
    for name in (topics.up, topics.down, topics.status):
        assert name("B7").split("/")[1:] == ["B7"]
