from protocol import command
from protocol.command import Answer, ClearLatch, FixNow, Warning
from protocol.errors import WireError, WrongLength
from protocol.seal import down_channel

DOWN = down_channel(b"k" * 32, "B7", 1)
NOW_S = 1700000000
U32, U64 = (1 << 32) - 1, (1 << 64) - 1
COMMANDS = (
    Answer(1, command.WATCHED, NOW_S, 7, U64, 70, 600, NOW_S + 900, 100, 240),
    Answer(U64, 255, U32, U32, U64, U32, 65535, U32, 255, 65535),
    Warning(2, 0, NOW_S, U64, command.BREACH, command.PATTERN_URGENT, 3),
    FixNow(3, 0, NOW_S),
    ClearLatch(4, 0, NOW_S, 6, 1),
)


def raises(error, read, *arguments):
    try:
        read(*arguments)
    except error:
        return True
    return False


def test_what_is_sealed_is_read_again():
    for said in COMMANDS:
        read = command.decode(command.encode(said, DOWN), DOWN)
        assert read == said
        assert type(read) is type(said)


def test_every_command_has_the_same_length():
    for said in COMMANDS:
        assert len(command.encode(said, DOWN)) == command.COMMAND_BYTES == 60


def test_every_flipped_bit_is_refused():
    sealed = command.encode(COMMANDS[0], DOWN)
    for at in range(len(sealed)):
        for bit in range(8):
            flipped = sealed[:at] + bytes((sealed[at] ^ 1 << bit,)) + sealed[at + 1 :]
            assert raises(WireError, command.decode, flipped, DOWN), (at, bit)


def test_every_other_length_is_refused():
    sealed = command.encode(COMMANDS[0], DOWN)
    for size in range(len(sealed)):
        assert raises(WrongLength, command.decode, sealed[:size], DOWN)
    assert raises(WrongLength, command.decode, sealed + b"\x00", DOWN)
