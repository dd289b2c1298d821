"""A position that a unit told: what can be read of it, and whether two of them can both be true."""

from dataclasses import dataclass
from math import sin
from typing import Any

from protocol import record
from simulator.judges.second.earth import Spot, distance_m

SURELY_M = 30.0  # the least radius of a disc that surely holds a position
SURELY = 3.0  # and so many times the radius that holds it with 95 %
APART_MS = 2_000  # clocks may differ by this
PAST_MS = 92 * 86_400_000  # no unit stores for longer
SEEN_M_S = 100.0  # who is not believed at this speed is not even seen
SLACK_M = 0.05  # of rounding: both sides have the same positions, radii and times
_EARTH_M = 6_371_000.0


@dataclass(frozen=True, slots=True)
class Fix:
    """A position that a unit told, and when it came.

    `told`: whether its time can be true; else `time_ms` is that of its receipt. `dated`: whether
    the unit stands by it; else it shows where somebody is, and proves nothing.
    """

    sequence: int
    time_ms: int
    spot: Spot
    a95_m: float
    satellites: bool  # not Wi-Fi, not cells
    at_rest: bool
    resolved: bool
    received_ms: int
    told: bool = True
    dated: bool = True

    @property
    def surely_m(self) -> float:
        """The radius of the disc that surely holds it."""
        return max(SURELY_M, SURELY * self.a95_m)


def read_fix(said: Any, now_ms: int, there: bool) -> Fix | None:
    """The position in a record, or None if it cannot be one. `there`: the unit has not been missed
    since it was made, or what it has said since of a rest may be lost."""
    place = said.lat_e7, said.lon_e7
    if place == (0, 0) or said.a95_dm >= record.A95_DM_MAX:
        return None
    if abs(said.lat_e7) > 900_000_000 or abs(said.lon_e7) > 1_800_000_000:
        return None
    at_ms, clock = told_ms(said, now_ms), said.satellites_clock >> 5
    source, quality = said.source_quality & 15, said.source_quality >> 4
    confirmed = clock in (record.CLOCK_RESOLVED, record.CLOCK_CORRECTED)
    return Fix(
        said.sequence,
        now_ms if at_ms is None else at_ms,
        place,
        said.a95_dm / 10,
        source == record.GNSS,
        there and bool(quality & record.AT_REST),
        confirmed and said.lease_s != record.LEASE_UNHEARD,
        now_ms,
        at_ms is not None,
        at_ms is not None and clock != record.CLOCK_CONTRADICTED,
    )


def told_ms(said: Any, now_ms: int) -> int | None:
    """The time that a record tells, or None for none that can be true."""
    if not said.flags & record.UTC or said.ms > 999:
        return None
    at_ms = int(said.time_s * 1000 + said.ms)
    return at_ms if now_ms - PAST_MS <= at_ms <= now_ms + APART_MS else None


def agree(one: Fix, other: Fix, speed_m_s: float, moved_ms: int | None = None) -> bool:
    """Whether somebody can have been at both, who moved all the time between or for `moved_ms`."""
    between_ms = abs(one.time_ms - other.time_ms) if moved_ms is None else moved_ms
    reach_m = one.surely_m + other.surely_m + speed_m_s * between_ms / 1000 + SLACK_M
    arc_m = distance_m(one.spot, other.spot)
    return 2 * _EARTH_M * sin(arc_m / (2 * _EARTH_M)) <= reach_m  # a chord is shorter
