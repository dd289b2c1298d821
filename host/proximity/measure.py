"""From tracks to one measurement of a cause: a protected person, or a fixed zone."""

from host.proximity.estimate import sigma_m
from host.proximity.fence import Fence
from host.proximity.geodesy import arc_m, nearest_on_segment_m
from host.proximity.levels import FRESH_A95_M, FRESH_AGE_MS, Measured, Watch
from host.proximity.track import Track
from host.proximity.types import Fix, Level, Source


def measure_pair(watch: Watch, offender: Track, victim: Track, sweep: bool) -> Measured | None:
    """How far the two are apart; None where one was never seen.

    `sweep`: since the last measurement, which the watch keeps, both moved evenly.
    """
    one, other = offender.fix, victim.fix
    if one is None or other is None:
        return None
    before = watch.relative
    x, y, z = one.x_m - other.x_m, one.y_m - other.y_m, one.z_m - other.z_m
    relative = watch.relative = (x, y, z)
    distance_m = arc_m((x * x + y * y + z * z) ** 0.5)
    nearest_m = distance_m
    if sweep and before is not None:
        nearest_m = min(
            distance_m, nearest_on_segment_m((before[0], before[1], before[2]), relative)
        )
    at_ms = max(one.time_ms, other.time_ms)
    both_gnss = one.source is Source.GNSS and other.source is Source.GNSS
    return Measured(
        at_ms,
        distance_m,
        nearest_m,
        sigma_m(one.a95_m, other.a95_m),
        _counts(one, at_ms) and _counts(other, at_ms),
        Level.BREACH if both_gnss else Level.PRE_ALERT,
    )


def measure_zone(watch: Watch, offender: Track, fence: Fence, sweep: bool) -> Measured | None:
    """How far the offender is from a zone's edge; None where he was never seen."""
    fix = offender.fix
    if fix is None:
        return None
    before = watch.relative
    point = watch.relative = (fix.x_m, fix.y_m, fix.z_m)
    distance_m = fence.distance_m(point)
    nearest_m = distance_m
    if sweep and before is not None:
        nearest_m = min(distance_m, fence.nearest_m((before[0], before[1], before[2]), point))
    return Measured(
        fix.time_ms,
        distance_m,
        nearest_m,
        sigma_m(fix.a95_m, 0.0),
        _counts(fix, fix.time_ms),
        Level.BREACH if fix.source is Source.GNSS else Level.PRE_ALERT,
        straight=True,
    )


def _counts(fix: Fix, at_ms: int) -> bool:
    """Whether a fix is fresh, fine and of GNSS, so that it may help to leave a level."""
    if fix.fixed:
        return True
    fresh = at_ms - fix.time_ms <= FRESH_AGE_MS
    return fresh and fix.a95_m <= FRESH_A95_M and fix.source is Source.GNSS
