"""What the positions of two people, or of one and a zone, show of each level."""

from itertools import pairwise, product
from math import hypot, inf
from typing import NamedTuple

from host.registry.types import Order
from simulator.judges.second.chance import sigma_m, within
from simulator.judges.second.earth import Point, between, distance_m, nearest_m, seen_from
from simulator.judges.second.fix import SEEN_M_S, Fix, agree
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
from simulator.judges.second.party import Party

LEG_MS = 120_000  # a straight line says little of a longer way
_SIGMAS = 5.0  # beyond so many the chance is none


def limits_of(order: Order) -> dict[int, float]:
    """The distance of each level between two people."""
    return {PRE_ALERT: order.pre_alert_m, ALERT: order.alert_m, BREACH: order.contact_m}


def look(
    levels: Levels, order: Order, his: Party, hers: Party, moved: Party | None, now_ms: int
) -> None:
    """`moved` has told a new position, or (None) an order begins to bind."""
    limits = limits_of(order)
    for one in shown_by(his):
        for other in shown_by(hers):
            level = nearest_level(limits, one, other, NEAR_M, ENTER_P - NEAR_P)
            levels.show(CLEAR, level, max(one.time_ms, other.time_ms))
    if his.doubted or hers.doubted or his.last is None or hers.last is None:
        return
    at_ms = max(his.last.time_ms, hers.last.time_ms)
    surely = nearest_level(limits, his.last, hers.last, -NEAR_M, ENTER_P + NEAR_P)
    levels.show(surely, CLEAR, at_ms)
    if moved is None:
        return
    counts = clears(his.last, hers.last, now_ms)
    way = passed(his, hers, moved, limits[PRE_ALERT])
    surely, perhaps = (
        reached(limits, way.surely_m + NEAR_M),
        reached(limits, way.perhaps_m - NEAR_M),
    )
    levels.show(surely, perhaps, at_ms)
    apart_m = distance_m(his.last.spot, hers.last.spot)
    sigma = sigma_m(his.last.a95_m, hers.last.a95_m)
    for level, limit in limits.items():
        if counts.perhaps and level <= surely and way.start_m > limit + NEAR_M:
            levels.crossed(level, at_ms)
        far_m = limit + max(50.0, limit / 10)
        out = outside(apart_m, far_m, sigma)
        levels.add(level, Sight(out, counts, his.last.dated and hers.last.dated), at_ms)


def reached(limits: dict[int, float], near_m: float) -> int:
    """The highest level whose limit is no less than a distance."""
    return max((level for level, limit in limits.items() if near_m <= limit), default=CLEAR)


def shown_by(party: Party) -> list[Fix]:
    """Positions that may show where somebody is: the last believed, one at rest before it (which
    it may contradict, counted by how long that rest was proven to have lasted), and one that
    follows from the one before, or from one of those in doubt."""
    fixes = [party.last] if party.last else []
    if party.before is not None and party.before.at_rest:
        fixes.append(party.before)
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


def outside(apart_m: float, far_m: float, sigma: float) -> Reading:
    """Whether P(D <= far) <= 0.05."""
    if apart_m > far_m + _SIGMAS * sigma + NEAR_M:
        return Reading(True, True)
    if apart_m < far_m - NEAR_M:
        return Reading(False, False)
    return at_most(within(far_m, apart_m, sigma), LEAVE_P, NEAR_P)


def clears(one: Fix, other: Fix, now_ms: int) -> Reading:
    """Whether two positions are fresh and sharp enough to clear anything."""
    fixes = one, other
    sharp = all(fix.satellites and fix.a95_m <= SHARP_M for fix in fixes)
    oldest_ms, newest_ms = min(fix.time_ms for fix in fixes), max(fix.time_ms for fix in fixes)
    fresh, perhaps = now_ms - oldest_ms <= FRESH_MS, newest_ms - oldest_ms <= FRESH_MS
    return Reading(sharp and fresh, sharp and perhaps)


class Passing(NamedTuple):
    """How near two came to each other on their last legs, in metres.

    `surely_m`: while both were on the way, or the one who has moved was and the other had arrived;
    `start_m`: at the beginning of that. `perhaps_m`: or the other had not yet set out.
    """

    surely_m: float
    perhaps_m: float
    start_m: float


_FAR = Passing(inf, inf, inf)


def passed(his: Party, hers: Party, moved: Party, outer_m: float) -> Passing:
    """As far as they can have come within `outer_m`."""
    one, other = his.last, hers.last
    if one is None or other is None or not (one.satellites and other.satellites):
        return _FAR
    his_from, her_from = his.before or one, hers.before or other
    reach_m = distance_m(his_from.spot, one.spot) + distance_m(her_from.spot, other.spot)
    if distance_m(one.spot, other.spot) > outer_m + reach_m + NEAR_M:
        return _FAR
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
    his_straight, her_straight = is_straight(his_from, one), is_straight(her_from, other)
    for his_way, her_way in product(
        _readings(his_leg, his_straight), _readings(her_leg, her_straight)
    ):
        ways = [(at_ms, _apart(his_way, her_way, at_ms)) for at_ms in times]
        perhaps_m = min(perhaps_m, _nearest(ways, times[0]))
    straight = his_straight and her_straight
    both_ms = max(his_leg[0], her_leg[0])
    overlap = moved.last is not None and both_ms < moved.last.time_ms
    if not (straight and overlap):
        return _FAR._replace(perhaps_m=perhaps_m)
    start_m = hypot(*next(point for at_ms, point in apart if at_ms == both_ms))
    return Passing(_nearest(apart, both_ms), perhaps_m, start_m)


def is_straight(start: Fix, end: Fix) -> bool:
    """Whether a way between two positions may surely be taken for straight and even."""
    sharp = max(start.a95_m, end.a95_m) <= SHARP_M
    return sharp and end.time_ms - start.time_ms <= LEG_MS and agree(start, end, SEEN_M_S)


Leg = tuple[int, int, Point, Point]  # from when, until when, from where, to where


def _readings(leg: Leg, straight: bool) -> list[Leg]:
    """A way that may not be taken for straight may be none: the whole time at its end."""
    at_end = leg[0], leg[0], leg[3], leg[3]
    return [leg] if straight else [leg, at_end]


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
