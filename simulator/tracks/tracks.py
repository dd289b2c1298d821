"""Recorded tracks: GPX, CSV, and a receiver's own log, each told from the others by its content.

Points without a usable time are counted and left out. A file with none, or with an instant that
cannot be right, is refused: a track is only worth as much as its times.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from firmware.gnss.fix import Fix
from firmware.gnss.receiver import Receiver
from host.base.clock import iso
from host.base.errors import UsageError
from protocol.record import A95_DM_MAX

A95_M_PER_HDOP = 10.0  # as the firmware has it: 5 m of user range error, doubled for 95 %
EARLIEST_MS = 631_152_000_000  # 1990-01-01: no civil GNSS track is older
LATEST_MS = 4_102_444_800_000  # 2100-01-01
_COLUMNS = ("time", "lat", "lon")
# Recorded logs carry comments that no receiver sends; binary messages hold other bytes as well.
_COMMENT = re.compile(rb"#[\t\x20-\x7e]*\r?\n?")


class Point(NamedTuple):
    """One position of a track; `accuracy_m` is its 95 % radius, None where the file has none."""

    time_ms: int
    lat_e7: int
    lon_e7: int
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """Points in order of time, never none; `left_out` counts those without a usable time."""

    name: str
    points: tuple[Point, ...]
    left_out: int = 0

    @property
    def start_ms(self) -> int:
        """Time of the first point."""
        return self.points[0].time_ms

    @property
    def end_ms(self) -> int:
        """Time of the last point."""
        return self.points[-1].time_ms

    def starting_at(self, start_ms: int) -> "Track":
        """The same track, moved in time."""
        by_ms = start_ms - self.start_ms
        moved = tuple(point._replace(time_ms=point.time_ms + by_ms) for point in self.points)
        return Track(self.name, moved, self.left_out)


class BadTrack(UsageError):
    """A file that is no track, or whose times cannot be right."""


def read(path: Path) -> Track:
    """Read a track of any of the three kinds. Raises BadTrack naming the file and the fault."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadTrack(f"{path}: {error.strerror}") from error
    try:
        timed, left_out = _reader(data)(data)
    except (BadTrack, csv.Error) as error:
        raise BadTrack(f"{path}: {error}") from error
    if not timed:
        raise BadTrack(
            f"{path}: no position with a usable time in it ({left_out} without); "
            "a track needs times, as GPX, as CSV (time,lat,lon) or as a receiver's log"
        )
    points = tuple(sorted(timed, key=_when))
    for point in (points[0], points[-1]):
        if not EARLIEST_MS <= point.time_ms < LATEST_MS:
            raise BadTrack(
                f"{path}: a time of {iso(point.time_ms)} cannot be right; "
                "a track's times lie between 1990 and 2100"
            )
    return Track(str(path), points, left_out)


Timed = tuple[list[Point], int]


def _reader(data: bytes) -> Callable[[bytes], Timed]:
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if head.startswith(b"<"):
        return _gpx
    first = head.partition(b"\n")[0].replace(b" ", b"").replace(b'"', b"").strip()
    return _csv if set(first.split(b",")) >= {name.encode() for name in _COLUMNS} else _log


# GPX 1.0 and 1.1 (topografix.com/GPX): points of tracks and routes; waypoints have no order.

_POINTS = ("trkpt", "rtept")


class _GpxHandler:
    """What expat calls. Elements are known by their local names, whatever their namespace."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.left_out = 0
        self.rooted = False
        self._path: list[str] = []
        self._position: tuple[int, int] | None = None
        self._said: dict[str, str] = {}
        self._text = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if not self.rooted and name != "gpx":
            raise BadTrack(f"its root element is <{name}>, a track's is <gpx>")
        self.rooted = True
        self._path.append(name)
        self._text = ""
        if name in _POINTS:
            self._said = {}
            position = (attributes.get("lat", ""), attributes.get("lon", ""))
            self._position = _position(*position, f"<{name}>")

    def text(self, text: str) -> None:
        self._text += text

    def end(self, name: str) -> None:
        name = self._path.pop()
        if name in ("hdop", "accuracy") or (name == "time" and self._path[-1] in _POINTS):
            self._said[name] = self._text.strip()
        elif name in _POINTS and self._position is not None:
            time_ms = _time_ms(self._said.get("time", ""))
            if time_ms is None:
                self.left_out += 1
            else:
                hdop_m = _accuracy_m(self._said.get("hdop", ""), A95_M_PER_HDOP)
                accuracy_m = _accuracy_m(self._said.get("accuracy", "")) or hdop_m
                self.points.append(Point(time_ms, *self._position, accuracy_m))

    def refuse(self, name: str, *_: object) -> None:
        raise BadTrack(f"it declares the entity {name}; a track needs none")


def _gpx(data: bytes) -> Timed:
    handler = _GpxHandler()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.EntityDeclHandler = handler.refuse  # or a small file expands to gigabytes
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadTrack(f"no well-formed XML: {error}") from error
    return handler.points, handler.left_out


# CSV: time,lat,lon and perhaps accuracy_m, in any order of columns, others ignored.


def _csv(data: bytes) -> Timed:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTrack(f"no UTF-8 text: byte {error.start} is {data[error.start]:#04x}") from error
    lines = csv.DictReader(io.StringIO(text.lstrip()), skipinitialspace=True)
    lines.fieldnames = [name.strip().lower() for name in lines.fieldnames or ()]
    points: list[Point] = []
    left_out = 0
    for row in lines:
        position = _position(row["lat"] or "", row["lon"] or "", f"line {lines.line_num}")
        time_ms = _time_ms(row["time"] or "")
        if time_ms is None:
            left_out += 1
        else:
            points.append(Point(time_ms, *position, _accuracy_m(row.get("accuracy_m") or "")))
    return points, left_out


# A receiver's log, as the firmware reads it; dates are left as they were recorded.


def received(log: Iterable[bytes], receiver: Receiver) -> Iterator[Fix]:
    """What the firmware makes of a log's lines."""
    for line in log:
        if not _COMMENT.fullmatch(line):
            yield from receiver.feed(line)
    yield from receiver.flush()


def _log(data: bytes) -> Timed:
    receiver = Receiver()
    fixes = list(received(io.BytesIO(data), receiver))
    if not fixes and not any(receiver.skipped.values()):
        raise BadTrack("neither GPX, nor CSV (time,lat,lon), nor a GNSS receiver's log")
    points: list[Point] = []
    left_out = 0
    for fix in fixes:
        if fix.lat_e7 is None or fix.lon_e7 is None or not fix.valid:
            continue  # the receiver says itself that it has no position
        if not fix.time_resolved:
            left_out += 1
            continue
        accuracy_m = None if fix.a95_dm == A95_DM_MAX else fix.a95_dm / 10
        points.append(Point(fix.time_s * 1000 + fix.ms, fix.lat_e7, fix.lon_e7, accuracy_m))
    return points, left_out


# Fields


def _when(point: Point) -> int:
    return point.time_ms


def _time_ms(text: str) -> int | None:
    """Milliseconds since 1970 of an ISO 8601 instant, UTC unless it says otherwise; else None."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    since = instant - datetime.fromtimestamp(0, UTC)
    return (since.days * 86400 + since.seconds) * 1000 + since.microseconds // 1000


def _position(lat: str, lon: str, where: str) -> tuple[int, int]:
    degrees = numbers((lat, lon))
    if degrees is None or not (abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180):
        raise BadTrack(
            f"{where}: lat {lat or 'missing'}, lon {lon or 'missing'} is no position; "
            "latitudes are -90 to 90 degrees, longitudes -180 to 180"
        )
    return round(degrees[0] * 1e7), round(degrees[1] * 1e7)


def _accuracy_m(text: str, factor: float = 1.0) -> float | None:
    value = numbers((text,))
    return value[0] * factor if value is not None and value[0] > 0 else None


def numbers(texts: Iterable[str]) -> list[float] | None:
    """Finite numbers, or None where one of the texts is none."""
    try:
        values = [float(text) for text in texts]
    except ValueError:
        return None
    return values if all(map(math.isfinite, values)) else None


def place(option: str, text: str) -> tuple[int, int] | None:
    """The (lat_e7, lon_e7) that an option's LAT,LON says; None where it says something else.

    Raises UsageError for degrees that there are not.
    """
    degrees = numbers(text.split(","))
    if degrees is None or len(degrees) != 2:
        return None
    lat, lon = degrees
    if abs(lat) > 90 or abs(lon) > 180:
        raise UsageError(
            f"{option} {text}: no such place; latitudes are -90 to 90 degrees, "
            "longitudes -180 to 180"
        )
    return round(lat * 1e7), round(lon * 1e7)
