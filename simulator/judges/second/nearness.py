"""What the positions of two people, or of one and a zone, show of each level."""

from collections.abc import Iterator
from itertools import pairwise

from host.registry.types import Order, Zone
from simulator.judges.second.chance import beyond_edge, sigma_m, within
from simulator.judges.second.earth import Point, between, distance_m, nearest_m, seen_from
from simulator.judges.second.ground import depth_m, passed_m
from simulator.judges.second.levels import (
    ALERT,
    BREACH,
    CLEAR,
    ENTER_P,
    FRESH_MS,
    LEAVE_P,
    NEAR_M,
    NEAR_P,
    PRE_ALERT,
    SHARP_M,
    Levels,
    Reading,
    Sight,
    at_most,
)
from simulator.judges.second.party import SEEN_M_S, Fix, Party, agree

LEG_MS = 120_000  # a straight line says little of a longer way
_SIGMAS = 5.0  # beyond so many the chance is none


def limits_of(order: Order) -> dict[int, float]:
    """The distance of each level between two people."""
    return {PRE_ALERT: order.pre_alert_m, ALERT: order.alert_m, BREACH: order.contact_m}


def look(
    levels: Levels, order: Order, his: Party, hers: Party, moved: Party | None, now_ms: int
) -> None:
    """`moved` has told a new position, or (neither of the two) an order begins to bind."""
    if not his.seen or not hers.seen:
        return
    limits = limits_of(order)
    believed = not (his.doubted or hers.doubted) and his.last and hers.last
    for one in shown_by(his):
        for other in shown_by(hers):
            level = nearest_level(limits, one, other, NEAR_M, ENTER_P - NEAR_P)
            levels.show(CLEAR, level)
    if not believed or his.last is None or hers.last is None:
        return
    levels.show(nearest_level(limits, his.last, hers.last, -NEAR_M, ENTER_P + NEAR_P), CLEAR)
    if moved is not his and moved is not hers:
        return
    at_ms = max(his.last.time_ms, hers.last.time_ms)
    for level, sight in sights(limits, his, hers, now_ms):
        levels.add(level, sight, at_ms)
    surely_m, perhaps_m = passed(his, hers, moved, limits[PRE_ALERT])
    crossed = max(
        (level for level, limit in limits.items() if surely_m <= limit - NEAR_M), default=0
    )
    perhaps = max(
        (level for level, limit in limits.items() if perhaps_m <= limit + NEAR_M), default=0
    )
    levels.show(crossed, perhaps)
    if clears(his, hers, now_ms).perhaps:
        levels.crossed(crossed, at_ms)


def shown_by(party: Party) -> list[Fix]:
    """Positions that may show where somebody is: the last believed, and one that follows from
    the one before, or from one of those in doubt."""
    fixes = [party.last] if party.last else []
    seen = party.seen
    if seen is not None and seen is not party.last:
        others = [party.before, *party.doubted]
        if any(one and one is not seen and agree(one, seen, SEEN_M_S) for one in others):
            fixes.append(seen)
    return fixes


def nearest_level(
    limits: dict[int, float], one: Fix, other: Fix, near_m: float, chance: float
) -> int:
    """The highest level that two positions show: d <= L, or P(D <= L) >= `chance`."""
    apart_m, sigma = distance_m(one.spot, other.spot), sigma_m(one.a95_m, other.a95_m)
    highest = BREACH if one.satellites and other.satellites else PRE_ALERT
    for level in (BREACH, ALERT, PRE_ALERT):
        limit = limits[level]
        if level <= highest and (
            apart_m <= limit + near_m
            or (apart_m < limit + _SIGMAS * sigma and within(limit, apart_m, sigma) >= chance)
        ):
            return level
    return CLEAR


def sights(
    limits: dict[int, float], his: Party, hers: Party, now_ms: int
) -> Iterator[tuple[int, Sight]]:
    """What the last positions of two people say of leaving each level."""
    one, other = his.last, hers.last
    if one is None or other is None:
        return
    apart_m, sigma = distance_m(one.spot, other.spot), sigma_m(one.a95_m, other.a95_m)
    counts = clears(his, hers, now_ms)
    for level, limit in limits.items():
        far_m = limit + max(50.0, limit / 10)
        yield level, Sight(Reading(False, False), outside(apart_m, far_m, sigma), counts)


def outside(apart_m: float, far_m: float, sigma: float) -> Reading:
    """Whether P(D <= far) <= 0.05."""
    if apart_m > far_m + _SIGMAS * sigma + NEAR_M:
        return Reading(True, True)
    if apart_m < far_m - NEAR_M:
        return Reading(False, False)
    return at_most(within(far_m, apart_m, sigma), LEAVE_P, NEAR_P)


def clears(his: Party, hers: Party, now_ms: int) -> Reading:
    """Whether the last positions are fresh and sharp enough to clear anything."""
    fixes = [party.last for party in (his, hers) if party.last]
    sharp = all(fix.satellites and fix.a95_m <= SHARP_M for fix in fixes)
    newest_ms = max(fix.time_ms for fix in fixes)
    fresh = all(now_ms - fix.time_ms <= FRESH_MS for fix in fixes)
    perhaps = all(newest_ms - fix.time_ms <= FRESH_MS for fix in fixes)
    return Reading(sharp and fresh, sharp and perhaps)


def passed(his: Party, hers: Party, moved: Party, outer_m: float) -> tuple[float, float]:
    """(surely, perhaps): how near they were on their last legs, in metres.

    Surely: while both were on the way, or the one who has `moved` was and the other had arrived.
    Perhaps: or the other had not yet set out.
    """
    one, other = his.last, hers.last
    if one is None or other is None or not (one.satellites and other.satellites):
        return 1e9, 1e9
    his_from, her_from = his.before or one, hers.before or other
    reach_m = distance_m(his_from.spot, one.spot) + distance_m(her_from.spot, other.spot)
    if distance_m(one.spot, other.spot) > outer_m + reach_m + NEAR_M:
        return 1e9, 1e9
    middle = other.spot
    his_leg = (
        his_from.time_ms,
        one.time_ms,
        seen_from(middle, his_from.spot),
        seen_from(middle, one.spot),
    )
    her_leg = her_from.time_ms, other.time_ms, seen_from(middle, her_from.spot), (0.0, 0.0)
    times = sorted({his_leg[0], his_leg[1], her_leg[0], her_leg[1]})
    apart = [(at_ms, _apart(his_leg, her_leg, at_ms)) for at_ms in times]
    perhaps_m = min(_nearest(apart, times[0]), _nearest(apart, times[-1]))
    straight = is_straight(his_from, one) and is_straight(her_from, other)
    both_ms = max(his_leg[0], her_leg[0])
    overlap = moved.last is not None and both_ms < moved.last.time_ms
    surely_m = _nearest(apart, both_ms) if straight and overlap else 1e9
    return surely_m, perhaps_m


def is_straight(start: Fix, end: Fix) -> bool:
    """Whether a way between two positions may surely be taken for straight and even."""
    sharp = max(start.a95_m, end.a95_m) <= SHARP_M
    return sharp and end.time_ms - start.time_ms <= LEG_MS and agree(start, end, SEEN_M_S)


Leg = tuple[int, int, Point, Point]  # from when, until when, from where, to where


def _apart(his: Leg, hers: Leg, at_ms: int) -> Point:
    (his_n, his_e), (her_n, her_e) = _on(his, at_ms), _on(hers, at_ms)
    return his_n - her_n, his_e - her_e


def _on(leg: Leg, at_ms: int) -> Point:
    from_ms, until_ms, start, end = leg
    if until_ms <= from_ms:
        return end
    return between(start, end, min(1.0, max(0.0, (at_ms - from_ms) / (until_ms - from_ms))))


def _nearest(apart: list[tuple[int, Point]], from_ms: int) -> float:
    points = [point for at_ms, point in apart if at_ms >= from_ms]
    if len(points) == 1:
        return nearest_m(points[0], points[0])
    return min(nearest_m(*pair) for pair in pairwise(points))


# Zones


def look_at_zone(levels: Levels, zone: Zone, his: Party, moved: Party | None, now_ms: int) -> None:
    """The same for a zone: inside is a breach, within the margin an alert, twice that a notice."""
    if not his.seen:
        return
    limits = {PRE_ALERT: 2.0 * zone.margin_m, ALERT: float(zone.margin_m), BREACH: 0.0}
    for fix in shown_by(his):
        levels.show(CLEAR, zone_level(zone, limits, fix, NEAR_M, ENTER_P - NEAR_P, sure=False))
    last = his.last
    if his.doubted or last is None:
        return
    levels.show(zone_level(zone, limits, last, -NEAR_M, ENTER_P + NEAR_P, sure=True), CLEAR)
    if moved is not his:
        return
    depth, sigma = depth_m(zone, last.spot), sigma_m(last.a95_m)
    counts = clears(his, his, now_ms)
    for level, limit in limits.items():
        near, far = (
            limit + max(50.0, limit / 10),
            limit + zone.radius_m / 10 + max(50.0, limit / 10),
        )
        surely, perhaps = beyond_edge(depth - far, sigma), beyond_edge(depth - near, sigma)
        out = Reading(surely <= LEAVE_P - NEAR_P, perhaps <= LEAVE_P + NEAR_P)
        levels.add(level, Sight(Reading(False, False), out, counts), last.time_ms)
    start = his.before
    if start is None or not last.satellites:
        return
    way_m = passed_m(zone, start.spot, last.spot)
    perhaps = max((level for level, limit in limits.items() if way_m <= limit + NEAR_M), default=0)
    surely = max((level for level, limit in limits.items() if way_m <= limit - NEAR_M), default=0)
    if not is_straight(start, last):
        surely = CLEAR
    levels.show(surely, perhaps)
    levels.crossed(surely, last.time_ms)


def zone_level(
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
