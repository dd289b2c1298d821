"""What the positions of two people, or of one and a zone, show of each level."""

from itertools import pairwise, product
from math import hypot, inf
from typing import NamedTuple

from host.registry.types import Order, Strength
from simulator.judges.second.chain import Chain
from simulator.judges.second.chance import at_one_place, sigma_m, within
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

Way = tuple[Fix, Fix]  # the positions at its beginning and its end


def limits_of(order: Order) -> dict[int, float]:
    """The distance of each level between two people."""
    return {PRE_ALERT: order.pre_alert_m, ALERT: order.alert_m, BREACH: order.contact_m}


def look(
    levels: Levels, order: Order, his: Party, hers: Party, moved: Party | None, now_ms: int
) -> None:
    """`moved` has told a new position, or (None) an order begins to bind."""
    limits = limits_of(order)
    for fix, hers_fix in product(shown_by(his), shown_by(hers)):
        level = nearest_level(limits, fix, hers_fix, sure=False)
        levels.show(CLEAR, level, max(fix.time_ms, hers_fix.time_ms))
    pairs = list(product(his.places, hers.places))
    known = list(product(his.standing, hers.standing))
    for one, other in known:
        surely = nearest_level(limits, one.last, other.last, sure=True)
        if is_vague((one.last, other.last), (his, hers)):
            surely = CLEAR
        levels.show(surely, CLEAR, max(one.last.time_ms, other.last.time_ms))
    if moved is None or not known or his.forked or hers.forked:
        return
    at_ms = max(his.places[0].last.time_ms, hers.places[0].last.time_ms)
    staying = _staying(order, (his, hers), now_ms)
    for one, other in pairs:
        if moved.places[0] in (one, other) and not (one.alone or other.alone):
            way = Told(his, one), Told(hers, other), moved is his
            _look_back(levels, limits, *way, now_ms, staying)
    for one, other in pairs:
        perhaps = nearest_level(limits, one.last, other.last, sure=False)
        sure = (
            nearest_level(limits, one.last, other.last, sure=True) if (one, other) in known else 0
        )
        fresh = clears(one.last, other.last, Reading(True, True), now_ms, staying)
        levels.inside(fresh, sure, perhaps, at_ms)
    alone = his.chains.alone or hers.chains.alone
    for level, limit in limits.items():
        sights = {pair: _sight(limit, *pair, now_ms, alone, staying) for pair in pairs}
        here = [sights[pair] for pair in known]
        levels.add(level, Sight.of_all(here, list(sights.values())), at_ms)


def _staying(order: Order, parties: tuple[Party, Party], now_ms: int) -> tuple[Fix, ...]:
    """Of those who still are where they told last, because a supervised rest is believed."""
    if order.strength is not Strength.SUPERVISED:
        return ()
    return tuple(one.places[0].last for one in parties if one.rests(now_ms) and not one.torn)


def is_vague(fixes: tuple[Fix, ...], parties: tuple[Party, ...]) -> bool:
    """Whether positions are as coarse as cells, and somebody was once seen more sharply: the host
    may know better."""
    coarse = any(not fix.satellites or fix.a95_m > SHARP_M for fix in fixes)
    return coarse and any(party.fine is not None for party in parties)


class Told(NamedTuple):
    """One of the chains of a party."""

    party: Party
    chain: Chain


def _look_back(
    levels: Levels,
    limits: dict[int, float],
    his: Told,
    hers: Told,
    he_moved: bool,
    now_ms: int,
    staying: tuple[Fix, ...],
) -> None:
    """What the ways to two positions show."""
    one, other = his.chain, hers.chain
    at_ms = max(one.last.time_ms, other.last.time_ms)
    sure = is_certain(*his) and is_certain(*hers)
    fresh = clears(one.last, other.last, Reading(True, True), now_ms, staying).perhaps
    shown = {
        level: limit
        for level, limit in limits.items()
        if level == PRE_ALERT or can_show(limit, (one.last, other.last), sure=False)
    }
    for his_way, her_way in product(ways(*his), ways(*hers)):
        way = passed(his_way, her_way, he_moved, limits[PRE_ALERT])
        perhaps = reached(shown, way.perhaps_m - NEAR_M)
        surely = reached(limits, way.surely_m + NEAR_M) if sure else CLEAR
        levels.show(surely, perhaps, at_ms)
        for level, limit in limits.items():
            if fresh and level <= surely and way.start_m > limit + NEAR_M:
                levels.crossed(level, at_ms)


def ways(party: Party, chain: Chain) -> list[Way]:
    """From where to where somebody went last: from the position before of the same chain, or from
    the one that was told before."""
    starts = [chain.before or chain.last]
    if chain is party.places[0] and party.before not in (None, chain.before):
        starts.append(party.before)
    return [(start, chain.last) for start in starts]


def is_certain(party: Party, chain: Chain) -> bool:
    """Whether there is but one such way, and somebody surely went it."""
    only = chain is not party.places[0] or party.before in (None, chain.before)
    return only and chain in party.standing


def _sight(
    limit: float, one: Chain, other: Chain, now_ms: int, alone: bool, staying: tuple[Fix, ...]
) -> Sight:
    apart_m = distance_m(one.last.spot, other.last.spot)
    sigma = sigma_m(one.last.a95_m, other.last.a95_m)
    out = outside(apart_m, limit + max(50.0, limit / 10), sigma)
    counts = clears(one.last, other.last, out, now_ms, staying)
    sight = Sight.of(out, counts, one.last.dated and other.last.dated)
    return sight.only_against() if alone else sight


def reached(limits: dict[int, float], near_m: float) -> int:
    """The highest level whose limit is no less than a distance."""
    return max((level for level, limit in limits.items() if near_m <= limit), default=CLEAR)


def shown_by(party: Party) -> list[Fix]:
    """Positions that may show where somebody is: the last of each chain, one at rest before (which
    it may contradict, counted by how long that rest was proven to have lasted), and one that
    contradicts all others, if it follows from the one before at a speed at which that is seen."""
    fixes = [chain.last for chain in party.places if not chain.alone]
    if party.before is not None and party.before.at_rest:
        fixes.append(party.before)
    newest, before = party.seen, party.before
    if newest is not None and before is not None and agree(before, newest, SEEN_M_S):
        fixes.append(newest)
    return fixes


def nearest_level(limits: dict[int, float], one: Fix, other: Fix, *, sure: bool) -> int:
    """The highest level that two positions show, by either reading or (`sure`) by both:
    d <= L, or P(D <= L) >= 0.25."""
    apart_m, sigma = distance_m(one.spot, other.spot), sigma_m(one.a95_m, other.a95_m)
    highest = BREACH if one.satellites and other.satellites else PRE_ALERT
    near_m, chance = (-NEAR_M, ENTER_P + NEAR_P) if sure else (NEAR_M, ENTER_P - NEAR_P)
    for level in (BREACH, ALERT, PRE_ALERT):
        limit = limits[level]
        if level > highest or (level > PRE_ALERT and not can_show(limit, (one, other), sure=sure)):
            continue
        if apart_m <= limit + near_m or (
            apart_m < limit + _SIGMAS * sigma and within(limit, apart_m, sigma) >= chance
        ):
            return level
    return CLEAR


def can_show(limit: float, fixes: tuple[Fix, ...], *, sure: bool) -> bool:
    """Whether positions are not so coarse that nobody can be shown to be within a limit: at the
    same place that is more likely than 5 %."""
    if all(fix.a95_m <= SHARP_M for fix in fixes):
        return True
    likely = at_one_place(limit, sigma_m(*(fix.a95_m for fix in fixes)))
    return likely >= LEAVE_P + (NEAR_P if sure else -NEAR_P)


def outside(apart_m: float, far_m: float, sigma: float) -> Reading:
    """Whether P(D <= far) <= 0.05."""
    if apart_m > far_m + _SIGMAS * sigma + NEAR_M:
        return Reading(True, True)
    if apart_m < far_m - NEAR_M:
        return Reading(False, False)
    return at_most(within(far_m, apart_m, sigma), LEAVE_P, NEAR_P)


def clears(
    one: Fix, other: Fix, out: Reading, now_ms: int, staying: tuple[Fix, ...] = ()
) -> Reading:
    """Whether two positions are fresh and sharp enough to clear anything. A coarse one is so where
    it is `out` by its own accuracy; one of a party that is `staying`, perhaps, however old."""
    fixes = one, other
    oldest_ms, newest_ms = min(fix.time_ms for fix in fixes), max(fix.time_ms for fix in fixes)
    fresh = now_ms - oldest_ms <= FRESH_MS
    perhaps = all(newest_ms - fix.time_ms <= FRESH_MS or fix in staying for fix in fixes)
    if not all(fix.satellites for fix in fixes):
        return Reading(False, False)
    sharp = all(fix.a95_m <= SHARP_M for fix in fixes)
    return Reading(fresh and (sharp or out.surely), perhaps and (sharp or out.perhaps))


class Passing(NamedTuple):
    """How near two came to each other on their last legs, in metres.

    `surely_m`: while both were on the way, or the one who has moved was and the other had arrived;
    `start_m`: at the beginning of that. `perhaps_m`: or the other had not yet set out.
    """

    surely_m: float
    perhaps_m: float
    start_m: float


_FAR = Passing(inf, inf, inf)


def passed(his: Way, hers: Way, he_moved: bool, outer_m: float) -> Passing:
    """As far as they can have come within `outer_m`. `he_moved`: his is the way just made."""
    (his_from, one), (her_from, other) = his, hers
    if not (one.satellites and other.satellites):
        return _FAR
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
    overlap = both_ms < (one if he_moved else other).time_ms
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
