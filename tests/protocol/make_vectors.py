"""Writes protocol/vectors.json: `python -m tests.protocol.make_vectors`. Nothing left to chance."""

import json
from collections.abc import Iterator
from typing import Any

from firmware.tools.paths import ROOT
from protocol import command, record
from protocol.seal import SEAL_BYTES, Channel, derive, down_channel, up_channel

FILE = ROOT / "protocol" / "vectors.json"

UNIT = "B7"
KEY = bytes(range(32))
EPOCH = 258  # its low eight bits are not the whole of it
NOW_S = 1_750_000_000
NUMBER = 1_750_000_000_000
U32, U64 = (1 << 32) - 1, (1 << 64) - 1

PURPOSES = ("seal/up", "cipher/up", "seal/down", "cipher/down", "login")
LONG_KEY = b"Test Using Larger Than Block-Size Key - Hash Key First"
RFC_4231 = (
    (
        1,
        b"\x0b" * 20,
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        2,
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        3,
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        4,
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (
        6,
        b"\xaa" * 131,
        LONG_KEY,
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
)

RECORDS = {
    "a fix in Guatemala, at rest": record.Fix(
        1, record.UTC, NOW_S, 250, 146349150, -905068820, 42, 131, 64, 0x50, 87, 0x4B, 120
    ),
    "a fix with the least of every field": record.Fix(
        1, 0, 0, 0, -900000000, -1800000000, 0, 0, 0, 0, 0, 0, 0
    ),
    "a fix with the greatest of every field": record.Fix(
        U32, 255, U32, 999, 900000000, 1800000000, 65535, 65535, 255, 255, 255, 255, 65535
    ),
    "the strap is cut": record.Event(2, record.UTC, NOW_S, 0, record.STRAP, 1, 0, 3600, 86),
    "a negative detail": record.Event(3, 0, 12, 500, record.GNSS_LOST, 0, -1, 12, 255),
    "a boot after an exception": record.Boot(4, 0, 0, 7, 12, 4, 0, 0, 1, b"MemoryError\x00"),
    "a warning presented": record.Receipt(5, record.UTC, NOW_S, 999, U64, record.PRESENTED),
    "a range given up": record.Tombstone(70, 0, 6, 69, record.RESERVED),
}
COMMANDS = {
    "an answer to a backlog": command.Answer(
        NUMBER, command.RESTING, NOW_S + 60, 4, 1 << 63 | 5, 6789, 600, NOW_S + 900, 50, 240
    ),
    "a warning": command.Warning(
        NUMBER + 1, 0, NOW_S + 300, U64, command.ALERT, command.PATTERN_URGENT, 2
    ),
    "a fix is wanted": command.FixNow(NUMBER + 2, 0, NOW_S + 30),
    "a latch is cleared": command.ClearLatch(U64, 0, NOW_S + 60, U64, record.STRAP),
}


Refusal = tuple[str, str, bytes]  # name, reason, bytes


def sealed(head: int, flags: int, sequence: int, body: bytes, channel: Channel) -> bytes:
    """A record of any type and version, sealed as the specification says."""
    length = 8 + len(body) + SEAL_BYTES
    header = bytes((head, length, channel.key_id, flags)) + sequence.to_bytes(4, "little")
    message = header + channel.encrypt(sequence, body)
    return message + channel.seal(message)


def commanded(head: int, number: int, body: bytes, channel: Channel) -> bytes:
    """A command of any type and version, sealed as the specification says."""
    message = bytes((head, command.COMMAND_BYTES, channel.key_id, 0)) + number.to_bytes(8, "little")
    message += channel.encrypt(number, body + bytes(32 - len(body)))
    return message + channel.seal(message)


def flipped(data: bytes, at: int, bit: int = 0) -> bytes:
    """`data` with one bit turned."""
    return data[:at] + bytes((data[at] ^ 1 << bit,)) + data[at + 1 :]


def bad_records(up: Channel, down: Channel) -> Iterator[Refusal]:
    """Records that are refused."""
    fix = RECORDS["a fix in Guatemala, at rest"]
    good = record.encode(fix, up)
    yield "nothing", "truncated", b""
    yield "shorter than any record", "truncated", good[:23]
    yield "cut in the middle", "wrong_length", good[:40]
    yield "a byte too many", "wrong_length", good + b"\x00"
    yield "another version", "unknown_version", sealed(0x21, 1, 1, bytes(24), up)
    yield "the epoch before", "unknown_key", record.encode(fix, up_channel(KEY, UNIT, EPOCH - 1))
    # The same low eight bits of the epoch, so only the seal tells.
    yield "256 epochs before", "bad_seal", record.encode(fix, up_channel(KEY, UNIT, EPOCH - 256))
    yield "another unit, same key", "bad_seal", record.encode(fix, up_channel(KEY, "B8", EPOCH))
    yield "another key", "bad_seal", record.encode(fix, up_channel(bytes(32), UNIT, EPOCH))
    yield "sealed for the way down", "bad_seal", record.encode(fix, down)
    yield "another type", "bad_seal", flipped(good, 0, 1)
    yield "other flags", "bad_seal", flipped(good, 3)
    yield "another sequence", "bad_seal", flipped(good, 4)
    yield "another position", "bad_seal", flipped(good, 15)
    yield "another seal", "bad_seal", flipped(good, 47, 7)
    yield "a body that is too short", "truncated", sealed(0x11, 1, 1, bytes(23), up)


def bad_commands(up: Channel, down: Channel) -> Iterator[Refusal]:
    """Commands that are refused."""
    warning = COMMANDS["a warning"]
    good = command.encode(warning, down)
    yield "nothing", "wrong_length", b""
    yield "a byte too few", "wrong_length", good[:-1]
    yield "a byte too many", "wrong_length", good + b"\x00"
    yield "another length", "wrong_length", flipped(good, 1)
    yield "another version", "unknown_version", commanded(0x20, NUMBER, b"\x02", down)
    yield "the epoch before", "unknown_key", _before(warning, 1)
    yield "256 epochs before", "bad_seal", _before(warning, 256)
    yield "another unit, same key", "bad_seal", _elsewhere(warning)
    yield "sealed for the way up", "bad_seal", command.encode(warning, up)
    yield "another number", "bad_seal", flipped(good, 4)
    yield "another body", "bad_seal", flipped(good, 20)
    yield "another seal", "bad_seal", flipped(good, 59)


def cut_messages(up: Channel) -> Iterator[dict[str, Any]]:
    """Messages whose lengths do not add up: one good record, then what cannot be cut."""
    good = record.encode(RECORDS["a range given up"], up)
    for name, reason, rest in (
        ("a record and half of another", "truncated", good[:20]),
        ("a length beyond the end", "truncated", flipped(good, 1, 6)),
        ("a length below header and seal", "wrong_length", flipped(good, 1, 5)),
    ):
        message, records = (good + rest).hex(), [good.hex()]
        yield {
            "name": name,
            "reason": reason,
            "bytes": message,
            "records": records,
            "rest": rest.hex(),
        }


def _before(said: command.Command, epochs: int) -> bytes:
    return command.encode(said, down_channel(KEY, UNIT, EPOCH - epochs))


def _elsewhere(said: command.Command) -> bytes:
    return command.encode(said, down_channel(KEY, "B8", EPOCH))


def _entry(name: str, said: Any, data: bytes) -> dict[str, Any]:
    fields = {
        field: value.hex() if isinstance(value, bytes) else value
        for field, value in said._asdict().items()
    }
    return {"name": name, "type": type(said).__name__, "fields": fields, "sealed": data.hex()}


def _refusals(bad: Iterator[Refusal]) -> list[dict[str, str]]:
    return [{"name": name, "reason": reason, "bytes": data.hex()} for name, reason, data in bad]


def build() -> dict[str, Any]:
    """All vectors, as JSON takes them."""
    up, down = up_channel(KEY, UNIT, EPOCH), down_channel(KEY, UNIT, EPOCH)
    return {
        "hmac": [
            {"name": f"RFC 4231, {case}", "key": key.hex(), "message": message.hex(), "mac": mac}
            for case, key, message, mac in RFC_4231
        ],
        "unit": UNIT,
        "unit_key": KEY.hex(),
        "epoch": EPOCH,
        "keys": {purpose: derive(KEY, purpose.encode(), UNIT, EPOCH).hex() for purpose in PURPOSES},
        "records": [_entry(name, told, record.encode(told, up)) for name, told in RECORDS.items()],
        "commands": [
            _entry(name, said, command.encode(said, down)) for name, said in COMMANDS.items()
        ],
        "unknown_record": sealed(0x1F, 0, 9, b"of a type to come", up).hex(),
        "unknown_command": commanded(
            0x10, NUMBER, bytes((18, 0)) + U32.to_bytes(4, "little"), down
        ).hex(),
        "appended_field": sealed(0x15, 0, 70, bytes((6, 0, 0, 0, 69, 0, 0, 0, 1, 42)), up).hex(),
        "refused_records": _refusals(bad_records(up, down)),
        "refused_commands": _refusals(bad_commands(up, down)),
        "cut_messages": list(cut_messages(up)),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(build(), indent=1) + "\n")
