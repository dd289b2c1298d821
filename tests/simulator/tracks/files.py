"""Small track files of every kind, written by the tests themselves."""

import struct
from pathlib import Path

from simulator.tracks.points import Track
from simulator.tracks.read import read
from simulator.tracks.times import DateOrder

T0_MS = 1_583_150_400_000  # 2020-03-02T12:00:00Z
T0 = "2020-03-02T12:00:00Z"


def track_of(
    folder: Path, content: str | bytes, zone: str = "UTC", order: DateOrder | None = None
) -> Track:
    """What is read of a file with this content."""
    path = folder / "track"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, zone, order)


def seconds(track: Track) -> list[float]:
    """When its points were, in seconds from T0."""
    return [(point.time_ms - T0_MS) / 1000 for point in track.points]


# FIT (the protocol's definition messages and data messages, little-endian)

_FIT_EPOCH_S = 631_065_600
_FIELDS = ((253, 4, 0x86, "I"), (0, 4, 0x85, "i"), (1, 4, 0x85, "i"), (31, 1, 0x02, "B"))
_SPEED = (73, 4, 0x86, "I")  # enhanced_speed, mm/s
_NIBBLES = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
)  # fmt: skip

NO_POSITION = 0x7FFFFFFF
NO_ACCURACY = 0xFF


def semicircles(degrees: float) -> int:
    return round(degrees * 2**31 / 180)


def fit_time(unix_s: int) -> int:
    return unix_s - _FIT_EPOCH_S


def fit_file(records: list[tuple[int, int, int, int, int]]) -> bytes:
    """A FIT file of records (time, latitude, longitude, accuracy, speed), raw as on the watch."""
    fields = (*_FIELDS, _SPEED)
    definition = struct.pack("<BBBHB", 0x40, 0, 0, 20, len(fields))
    definition += b"".join(bytes(field[:3]) for field in fields)
    layout = "<B" + "".join(field[3] for field in fields)
    data = definition + b"".join(struct.pack(layout, 0, *record) for record in records)
    return fit_sealed(data)


def fit_sealed(data: bytes | bytearray) -> bytes:
    """A FIT file that holds these messages, with its checksums."""
    header = struct.pack("<BBHI4s", 14, 0x20, 2132, len(data), b".FIT")
    file = header + struct.pack("<H", _crc(header)) + bytes(data)
    return file + struct.pack("<H", _crc(file))


def _crc(data: bytes) -> int:
    crc = 0
    for byte in data:
        for nibble in (byte & 15, byte >> 4):
            crc = (crc >> 4 & 0xFFF) ^ _NIBBLES[crc & 15] ^ _NIBBLES[nibble]
    return crc
