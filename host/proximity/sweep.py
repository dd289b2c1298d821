"""The leg that a party has just made, swept against where the other was meanwhile."""

from math import hypot

from host.proximity.fix import FASTEST_M_S, LEG_MAX_MS, LEG_SLIP_M
from host.proximity.geodesy import Vector, nearest_on_segment_m
from host.proximity.hypothesis import Hypothesis


def swept(
    moved: Hypothesis, other: Hypothesis, distance_m: float, within_m: float
) -> tuple[float, float]:
    """(distance at its start, least distance) of the leg that `moved` has just made, in metres.

    Both are taken to move evenly on their last legs and to stand still after them; one without a
    leg, to have stood there before. Where the other's leg begins later, so does the sweep: where
    it was before that is no longer known. Both are `distance_m`, that of now, where there is no
    leg, or none that can have led within `within_m`.
    """
    before, fix, seen = moved.before, moved.fix, other.fix
    if before is None:
        return distance_m, distance_m
    start_ms, bend_ms, end_ms = before.time_ms, fix.time_ms, fix.time_ms
    if not seen.fixed:
        known_ms = other.before.time_ms if other.before else seen.time_ms - LEG_MAX_MS
        start_ms = max(start_ms, known_ms)
        bend_ms, end_ms = min(fix.time_ms, seen.time_ms), max(fix.time_ms, seen.time_ms)
    if start_ms >= fix.time_ms:
        return distance_m, distance_m  # the leg is older than all that is known of the other
    reach_m = 2 * (FASTEST_M_S * (end_ms - start_ms) / 1000 + LEG_SLIP_M)
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


def _apart(one: Hypothesis, other: Hypothesis, at_ms: int) -> Vector:
    """Where one party was, seen from the other."""
    ax, ay, az = _where(one, at_ms)
    bx, by, bz = _where(other, at_ms)
    return ax - bx, ay - by, az - bz


def _where(known: Hypothesis, at_ms: int) -> Vector:
    fix, before = known.fix, known.before
    if before is None or at_ms >= fix.time_ms:
        return fix[5:8]
    share = (at_ms - before.time_ms) / (fix.time_ms - before.time_ms)
    return (
        before.x_m + share * (fix.x_m - before.x_m),
        before.y_m + share * (fix.y_m - before.y_m),
        before.z_m + share * (fix.z_m - before.z_m),
    )
