"""What can be said of fixes alone: where one surely is, and whether two can both be true."""

from sys import intern
from typing import Any

from host.proximity.geodesy import chord_m, earth_centred
from host.proximity.types import Fix, Source

FASTEST_M_S = 100.0  # on the ground
LEG_MAX_MS = 120_000  # a straight line between two fixes says little beyond this,
LEG_A95_M = 100.0  # or between coarse ones;
LEG_SLIP_M = 6 * LEG_A95_M  # so much longer than the way can it be, by the radii of both


def make_fix(
    unit: str,
    sequence: int,
    time_ms: int,
    lat_e7: int,
    lon_e7: int,
    a95_m: float,
    source: Source = Source.GNSS,
    at_rest: bool = False,
    fixed: bool = False,
    dated: bool = True,
) -> Fix:
    """A fix with its earth-centred position worked out."""
    x, y, z = earth_centred(lat_e7, lon_e7)
    place = (lat_e7, lon_e7, x, y, z)
    return Fix(unit, sequence, time_ms, *place, a95_m, source, at_rest, fixed, dated)


def radius_m(fix: Fix) -> float:
    """The radius in which the party is taken to be for certain: 95 % is not a bound."""
    if fix.fixed:
        return 0.0
    radius = 3.0 * fix.a95_m
    return radius if radius > 30.0 else 30.0  # noqa: FURB136 - called a dozen times a fix


def reaches(earlier: Fix, later: Fix, speed_m_s: float) -> bool:
    """Whether the discs of two fixes can both be true at no more than that speed."""
    reach_m = speed_m_s * abs(later.time_ms - earlier.time_ms) / 1000
    return chord_m(earlier[5:8], later[5:8]) <= reach_m + radius_m(earlier) + radius_m(later)


def is_same(one: Fix, other: Fix) -> bool:
    """Whether two fixes are the same position told twice, time and all."""
    return one.time_ms == other.time_ms and one[3:10] == other[3:10]


def leads(earlier: Fix, later: Fix) -> bool:
    """Whether the way between two fixes may be taken for straight and even."""
    return (
        earlier.time_ms < later.time_ms <= earlier.time_ms + LEG_MAX_MS
        and earlier.source is later.source is Source.GNSS
        and earlier.a95_m <= LEG_A95_M
        and later.a95_m <= LEG_A95_M
    )


def leg_start(before: Fix | None, fix: Fix) -> Fix | None:
    """Where the way to a fix began, if it can be known of somebody on the ground."""
    if before is None or not leads(before, fix):
        return None
    return before if reaches(before, fix, FASTEST_M_S) else None


def pack(fix: Fix | None) -> list[Any] | None:
    """A fix as JSON; its earth-centred position is worked out again by `unpack`."""
    if fix is None:
        return None
    undated = [] if fix.dated else [False]
    return [*fix[:5], fix.a95_m, int(fix.source), fix.at_rest, fix.fixed, *undated]


def unpack(state: list[Any] | None) -> Fix | None:
    """The inverse of `pack`."""
    if state is None:
        return None
    unit, sequence, time_ms, lat_e7, lon_e7, a95_m, source, *flags = state
    return make_fix(intern(unit), sequence, time_ms, lat_e7, lon_e7, a95_m, Source(source), *flags)
