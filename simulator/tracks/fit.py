"""FIT, what sports watches record: the positions of its `record` messages, read by fitdecode."""

import io
from typing import Any

import fitdecode

from simulator.tracks.gathering import Gathering
from simulator.tracks.points import BadTrack

_MAGIC, _MAGIC_AT = b".FIT", 8
_DEGREES = 180 / 2**31  # a semicircle
_TIMES_SINCE_S = 631_065_600  # 1989-12-31, from which FIT counts seconds
_RELATIVE_S = 0x1000_0000  # a time below counts from when the watch was switched on
# What fitdecode lets through where a file's bytes contradict each other.
_STUMBLES = (ArithmeticError, AssertionError, LookupError, TypeError, ValueError)
_POSITION = ("position_lat", "position_long")


def is_fit(data: bytes) -> bool:
    """Whether a file begins as FIT does."""
    return data[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] == _MAGIC


def read_fit(data: bytes, into: Gathering) -> None:
    """Take every record. Raises BadTrack for a file that is cut or damaged."""
    reader = fitdecode.FitReader(
        io.BytesIO(data),
        check_crc=fitdecode.CrcCheck.RAISE,
        error_handling=fitdecode.ErrorHandling.RAISE,
    )
    count = 0
    try:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "record":
                count += 1
                into.take(_said(frame), f"record {count}")
    except BadTrack:
        raise
    except (fitdecode.FitError, *_STUMBLES) as error:
        what = str(error) or "it contradicts itself"
        raise BadTrack(
            f"after record {count}: cut or damaged FIT: {what}; right would be the file as the "
            "watch wrote it, with its checksum"
        ) from error


def _said(record: Any) -> dict[str, str]:
    """A record's fields as texts; its position in degrees, its time in seconds since 1970."""
    said = dict.fromkeys(_POSITION, "")
    for field in record.fields:
        value = field.raw_value if field.name in ("timestamp", *_POSITION) else field.value
        if said.get(field.name):
            continue
        said[field.name] = _text(field.name, value)
    return said


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _POSITION:
        return f"{value * _DEGREES:.9f}"
    if name == "timestamp":
        return str(_TIMES_SINCE_S + value) if value >= _RELATIVE_S else ""
    return f"{value:.6f}" if isinstance(value, float) else str(value)
