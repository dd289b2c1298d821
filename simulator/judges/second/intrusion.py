"""What the positions of an offender show of a zone: inside is a breach, within its margin an alert.

How likely it is that he is within some distance of a zone is open where its edge is not straight
or round: beyond a straight edge it is most likely, and that may raise a level; what must raise one
is the distance, and for a circle the probability too.
"""

from host.registry.types import Zone
from simulator.judges.second.chain import Chain
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
    SHARP_M,
    Levels,
    Reading,
    Sight,
)
from simulator.judges.second.nearness import (
    can_show,
    clears,
    is_certain,
    is_straight,
    is_vague,
    reached,
    shown_by,
    ways,
)
from simulator.judges.second.party import Party

_SIGMAS = 5.0  # beyond so many the chance is none


def limits_of(zone: Zone) -> dict[int, float]:
    """The distance of each level from the edge."""
    return {PRE_ALERT: 2.0 * zone.margin_m, ALERT: float(zone.margin_m), BREACH: 0.0}


def look(levels: Levels, zone: Zone, his: Party, moved: Party | None, now_ms: int) -> None:
    """He has told a new position, or (None) the zone begins to bind."""
    limits = limits_of(zone)
    for fix in shown_by(his):
        levels.show(CLEAR, nearest_level(zone, limits, fix, sure=False), fix.time_ms)
    known = his.standing
    for chain in known:
        surely = nearest_level(zone, limits, chain.last, sure=True)
        if is_vague((chain.last,), (his,)):
            surely = CLEAR
        levels.show(surely, CLEAR, chain.last.time_ms)
    if moved is None or not known or his.forked:
        return
    newest, alone = his.places[0], his.chains.alone
    if not newest.alone and newest.last.satellites:
        _look_back(levels, zone, limits, his, newest)
    for chain in his.places:
        perhaps = nearest_level(zone, limits, chain.last, sure=False)
        sure = nearest_level(zone, limits, chain.last, sure=True) if chain in known else CLEAR
        fresh = clears(chain.last, chain.last, Reading(True, True), now_ms)
        levels.inside(fresh, sure, perhaps, newest.last.time_ms)
    for level, limit in limits.items():
        sights = {chain: _sight(zone, limit, chain.last, now_ms, alone) for chain in his.places}
        here = [sights[chain] for chain in known]
        levels.add(level, Sight.of_all(here, list(sights.values())), newest.last.time_ms)


def _look_back(
    levels: Levels, zone: Zone, limits: dict[int, float], his: Party, newest: Chain
) -> None:
    """What the way to his newest position shows."""
    shown = {
        level: limit
        for level, limit in limits.items()
        if level == PRE_ALERT or _can_show(zone, limit, newest.last, sure=False)
    }
    for start, end in ways(his, newest):
        way_m, start_m = passed_m(zone, start.spot, end.spot), depth_m(zone, start.spot)
        sure = is_certain(his, newest) and is_straight(start, end)
        crossed = reached(limits, way_m + NEAR_M) if sure else CLEAR
        levels.show(crossed, reached(shown, way_m - NEAR_M), end.time_ms)
        for level, limit in limits.items():
            if level <= crossed and start_m > limit + NEAR_M:
                levels.crossed(level, end.time_ms)


def _sight(zone: Zone, limit: float, fix: Fix, now_ms: int, alone: bool) -> Sight:
    depth, sigma = depth_m(zone, fix.spot), sigma_m(fix.a95_m)
    near = limit + max(50.0, limit / 10)
    far = limit + max(50.0, (zone.radius_m + limit) / 10)
    surely_p, perhaps_p = beyond_edge(depth - far, sigma), beyond_edge(depth - near, sigma)
    out = Reading(surely_p <= LEAVE_P - NEAR_P, perhaps_p <= LEAVE_P + NEAR_P)
    sight = Sight.of(out, clears(fix, fix, out, now_ms), fix.dated)
    return sight.only_against() if alone else sight


def nearest_level(zone: Zone, limits: dict[int, float], fix: Fix, *, sure: bool) -> int:
    """The highest level that a position shows of a zone, by either reading or (`sure`) by both."""
    depth, sigma = depth_m(zone, fix.spot), sigma_m(fix.a95_m)
    near_m, chance = (-NEAR_M, ENTER_P + NEAR_P) if sure else (NEAR_M, ENTER_P - NEAR_P)
    for level in (BREACH, ALERT, PRE_ALERT):
        past_m = depth - limits[level]
        if level > PRE_ALERT and not (
            fix.satellites and _can_show(zone, limits[level], fix, sure=sure)
        ):
            continue
        if past_m <= near_m or (not sure and beyond_edge(past_m, sigma) >= chance):
            return level
        if sure and zone.radius_m and past_m < _SIGMAS * sigma:
            limit = zone.radius_m + limits[level]
            if within(limit, depth + zone.radius_m, sigma) >= chance:
                return level
    return CLEAR


def _can_show(zone: Zone, limit: float, fix: Fix, *, sure: bool) -> bool:
    """Of a zone that is not round it is open how large it counts."""
    if not zone.radius_m and fix.a95_m > SHARP_M:
        return not sure
    return can_show(zone.radius_m + limit, (fix,), sure=sure)
