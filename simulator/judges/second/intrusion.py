"""What the positions of an offender show of a zone: inside is a breach, within its margin an alert.

How likely it is that he is within some distance of a zone is open where its edge is not straight
or round: beyond a straight edge it is most likely, and that may raise a level; what must raise one
is the distance, and for a circle the probability too.
"""

from math import inf

from host.registry.types import Zone
from simulator.judges.second.chance import beyond_edge, sigma_m, within
from simulator.judges.second.fix import Fix
from simulator.judges.second.ground import depth_m, passed_m
from simulator.judges.second.levels import (
    ALERT,
    BREACH,
    CLEAR,
    ENTER_P,
    LEAVE_P,
    NEAR_M,
    NEAR_P,
    PRE_ALERT,
    Levels,
    Reading,
    Sight,
)
from simulator.judges.second.nearness import clears, is_straight, reached, shown_by
from simulator.judges.second.party import Party

_SIGMAS = 5.0  # beyond so many the chance is none


def limits_of(zone: Zone) -> dict[int, float]:
    """The distance of each level from the edge."""
    return {PRE_ALERT: 2.0 * zone.margin_m, ALERT: float(zone.margin_m), BREACH: 0.0}


def look(levels: Levels, zone: Zone, his: Party, moved: Party | None, now_ms: int) -> None:
    """He has told a new position, or (None) the zone begins to bind."""
    limits = limits_of(zone)
    for fix in shown_by(his):
        level = nearest_level(zone, limits, fix, NEAR_M, ENTER_P - NEAR_P, sure=False)
        levels.show(CLEAR, level, fix.time_ms)
    last, start = his.last, his.before
    if his.doubted or last is None:
        return
    surely = nearest_level(zone, limits, last, -NEAR_M, ENTER_P + NEAR_P, sure=True)
    levels.show(surely, CLEAR, last.time_ms)
    if moved is None:
        return
    way_m = start_m = inf
    crossed = CLEAR
    if start is not None and last.satellites:
        way_m, start_m = passed_m(zone, start.spot, last.spot), depth_m(zone, start.spot)
        crossed = reached(limits, way_m + NEAR_M) if is_straight(start, last) else CLEAR
        levels.show(crossed, reached(limits, way_m - NEAR_M), last.time_ms)
    depth, sigma = depth_m(zone, last.spot), sigma_m(last.a95_m)
    counts = clears(last, last, now_ms)
    for level, limit in limits.items():
        if level <= crossed and start_m > limit + NEAR_M:
            levels.crossed(level, last.time_ms)
        near = limit + max(50.0, limit / 10)
        far = limit + max(50.0, (zone.radius_m + limit) / 10)
        surely_p, perhaps_p = beyond_edge(depth - far, sigma), beyond_edge(depth - near, sigma)
        out = Reading(surely_p <= LEAVE_P - NEAR_P, perhaps_p <= LEAVE_P + NEAR_P)
        levels.add(level, Sight(out, counts, last.dated), last.time_ms)


def nearest_level(
    zone: Zone, limits: dict[int, float], fix: Fix, near_m: float, chance: float, *, sure: bool
) -> int:
    """The highest level that a position shows of a zone."""
    depth, sigma = depth_m(zone, fix.spot), sigma_m(fix.a95_m)
    for level in (BREACH, ALERT, PRE_ALERT):
        past_m = depth - limits[level]
        if level > PRE_ALERT and not fix.satellites:
            continue
        if past_m <= near_m or (not sure and beyond_edge(past_m, sigma) >= chance):
            return level
        if sure and zone.radius_m and past_m < _SIGMAS * sigma:
            limit = zone.radius_m + limits[level]
            if within(limit, depth + zone.radius_m, sigma) >= chance:
                return level
    return CLEAR
