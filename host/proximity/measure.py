"""From tracks to one measurement of a cause: a protected person, or a fixed zone."""

from math import hypot

from host.proximity.estimate import sigma_m
from host.proximity.fence import Fence
from host.proximity.geodesy import Vector, arc_m, nearest_on_segment_m
from host.proximity.levels import FRESH_A95_M, FRESH_AGE_MS, Measured
from host.proximity.track import LEG_MAX_MS, Track, radius_m
from host.proximity.types import Fix, Level, Source


def measure_pair(
    offender: Track, victim: Track, moved: Track | None, within_m: float
) -> Measured | None:
    """How far the two are apart; None where one was never seen.

    `moved`: whose fix has just come, and with it a leg to sweep; None for no leg. A leg that
    cannot have led within `within_m` is not looked at.
    """
    one, other = offender.fix, victim.fix
    if one is None or other is None:
        return None
    x, y, z = one.x_m - other.x_m, one.y_m - other.y_m, one.z_m - other.z_m
    distance_m = arc_m((x * x + y * y + z * z) ** 0.5)
    start_m = nearest_m = distance_m
    if moved is not None:
        counterpart = victim if moved is offender else offender
        start_m, nearest_m = _swept(moved, counterpart, distance_m, within_m)
    at_ms = max(one.time_ms, other.time_ms)
    both_gnss = one.source is Source.GNSS and other.source is Source.GNSS
    return Measured(
        at_ms,
        distance_m,
        start_m,
        nearest_m,
        sigma_m(one.a95_m, other.a95_m),
        _counts(one, at_ms) and _counts(other, at_ms),
        Level.BREACH if both_gnss else Level.PRE_ALERT,
    )


def measure_zone(offender: Track, fence: Fence, moved: Track | None) -> Measured | None:
    """How far the offender is from a zone's edge; None where he was never seen."""
    fix = offender.fix
    if fix is None:
        return None
    distance_m = fence.distance_m(fix[5:8])
    start_m = nearest_m = distance_m
    if moved is not None and (before := offender.before) is not None:
        start_m = fence.distance_m(before[5:8])
        nearest_m = min(distance_m, fence.nearest_m(before[5:8], fix[5:8]))
    return Measured(
        fix.time_ms,
        distance_m,
        start_m,
        nearest_m,
        sigma_m(fix.a95_m, 0.0),
        _counts(fix, fix.time_ms),
        Level.BREACH if fix.source is Source.GNSS else Level.PRE_ALERT,
        straight=True,
    )


def _swept(moved: Track, other: Track, distance_m: float, within_m: float) -> tuple[float, float]:
    """(distance at its start, least distance) of the leg that `moved` has just made, in metres.

    Both are taken to move evenly on their last legs and to stand still after them; one without a
    leg, to have stood there before. Where the other's leg begins later, so does the sweep: where
    it was before that is no longer known.
    """
    before, fix, seen = moved.before, moved.fix, other.fix
    if before is None or fix is None or seen is None:
        return distance_m, distance_m
    start_ms, bend_ms, end_ms = before.time_ms, fix.time_ms, fix.time_ms
    if not seen.fixed:
        known_ms = other.before.time_ms if other.before else seen.time_ms - LEG_MAX_MS
        start_ms = max(start_ms, known_ms)
        bend_ms, end_ms = min(fix.time_ms, seen.time_ms), max(fix.time_ms, seen.time_ms)
    if start_ms >= fix.time_ms:
        return distance_m, distance_m  # the leg is older than all that is known of the other
    reach_m = (moved.speed_m_s + other.speed_m_s) * (end_ms - start_ms) / 1000
    reach_m += radius_m(before) + radius_m(fix) + radius_m(other.before or seen) + radius_m(seen)
    if distance_m - reach_m > within_m:
        return distance_m, distance_m
    at_ms, at = start_ms, _apart(moved, other, start_ms)
    start_m = hypot(*at)
    nearest_m = min(distance_m, start_m)
    for until_ms in (bend_ms, end_ms):
        if until_ms > at_ms:
            there = _apart(moved, other, until_ms)
            nearest_m = min(nearest_m, nearest_on_segment_m(at, there))
            at_ms, at = until_ms, there
    return start_m, nearest_m


def _apart(one: Track, other: Track, at_ms: int) -> Vector:
    """Where one party was, seen from the other."""
    ax, ay, az = _where(one, at_ms)
    bx, by, bz = _where(other, at_ms)
    return ax - bx, ay - by, az - bz


def _where(track: Track, at_ms: int) -> Vector:
    fix, before = track.fix, track.before
    if fix is None:
        raise ValueError("a party that was never seen is nowhere")
    if before is None or at_ms >= fix.time_ms:
        return fix[5:8]
    share = (at_ms - before.time_ms) / (fix.time_ms - before.time_ms)
    return (
        before.x_m + share * (fix.x_m - before.x_m),
        before.y_m + share * (fix.y_m - before.y_m),
        before.z_m + share * (fix.z_m - before.z_m),
    )


def _counts(fix: Fix, at_ms: int) -> bool:
    """Whether a fix is fresh, fine and of GNSS, so that it may help to leave a level."""
    if fix.fixed:
        return True
    fresh = at_ms - fix.time_ms <= FRESH_AGE_MS
    return fresh and fix.a95_m <= FRESH_A95_M and fix.source is Source.GNSS
