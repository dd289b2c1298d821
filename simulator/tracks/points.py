"""A track: where someone was and when, and an account of how a file was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from host.base.errors import UsageError
from host.proximity.types import Source

EARLIEST_MS = 631_152_000_000  # 1990-01-01: no civil GNSS track is older
LATEST_MS = 4_102_444_800_000  # 2100-01-01


class BadTrack(UsageError):
    """A file that is no track, or whose times cannot be right."""


class Point(NamedTuple):
    """One position of a track. `accuracy_m`: its 95 % radius. None: the file does not say."""

    time_ms: int
    lat_e7: int
    lon_e7: int
    accuracy_m: float | None = None
    source: Source = Source.GNSS
    speed_m_s: float | None = None
    course_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """How a file was read, so that nothing of it is lost silently. All mappings are to counts.

    kind, encoding: what the file is; no encoding where it is not text
    left_out: points by the reason for which they are none; examples: the first of each reason
    ignored: what else the file says of its points and is not read, by name
    accuracy: points by what their accuracy was taken from; others have none
    sources: points by what located them
    without_zone: times taken in `time_zone`, because they name no zone of their own
    date_order: how dates like 05/03/2026 were read, and why; None where there are none
    hours_twice: of the times that a change of clocks makes ambiguous, how many were taken as the
    first and as the second of the two
    """

    kind: str = ""
    encoding: str | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)
    ignored: Mapping[str, int] = field(default_factory=dict)
    accuracy: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    without_zone: int = 0
    time_zone: str = "UTC"
    date_order: str | None = None
    hours_twice: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Track:
    """Points in order of time, never none."""

    name: str
    points: tuple[Point, ...]
    account: Account = field(default_factory=Account)

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
        return replace(self, points=moved)
