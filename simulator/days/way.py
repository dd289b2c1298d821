"""The way of one party through a day: legs as a scenario has them, and what is over them when."""

from collections.abc import Iterable, Iterator
from math import cos, hypot, radians, sin
from random import Random
from typing import Any, NamedTuple

from simulator.days.kinds import (
    APART_M,
    AWAKE_H,
    ROOFS,
    SCHOOL_ASIDE_M,
    Kind,
    Roof,
    Span,
    Trip,
)

DAY_S = 86_400.0
_HOUR_S = 3600.0
_LEAST_STAY_S = 60.0
_STOP_S = (15.0, 60.0)
# A short walk: how far, how fast, and how long it is stood at its end; none begins sooner after
# the last.
_PACE_M, _PACE_M_S, _PACE_STANDS_S, _PACE_AFTER_S = (4.0, 30.0), (0.6, 1.2), (5.0, 120.0), 120.0

Place = tuple[float, float]  # metres north and east
Leg = dict[str, Any]


class Side(NamedTuple):
    """One side of the town. bearing_deg: whither it lies, from the middle; home_m: how far."""

    bearing_deg: float
    home_m: float

    def place(self, ahead_m: float, aside_m: float) -> Place:
        """So far from the middle, and so far to the right of whoever looks at the side."""
        bearing = radians(self.bearing_deg)
        north_m = ahead_m * cos(bearing) - aside_m * sin(bearing)
        return north_m, ahead_m * sin(bearing) + aside_m * cos(bearing)


class Stay(NamedTuple):
    """Under a roof (None: the sky) from when until when, in seconds."""

    from_s: float
    until_s: float
    roof: Roof | None


class Way(NamedTuple):
    """`movement`: as a scenario has it."""

    movement: dict[str, Any]
    stays: tuple[Stay, ...]


def way(chance: Random, side: Side, trips: Iterable[Trip], school: Place) -> Way:
    """A day that begins where it ends."""
    goals = [(trip, _goal(chance, side, trip, school)) for trip in trips]
    last, place = goals[-1]
    start, roof, now_s = place, ROOFS[last.roof], 0.0
    legs: list[Leg] = []
    stays: list[Stay] = []
    for trip, goal in goals:
        leaves_s = max(now_s + _LEAST_STAY_S, chance.uniform(*trip.leaves_h) * _HOUR_S)
        legs += _stay(chance, place, roof, now_s, leaves_s)
        stays.append(Stay(now_s, leaves_s, roof))
        going = list(_go(chance, place, goal, trip))
        legs += (leg for leg, _ in going)
        now_s = leaves_s + sum(lasts_s for _, lasts_s in going)
        stays.append(Stay(leaves_s, now_s, ROOFS["bus"] if trip.stops_m else None))
        place, roof = goal, ROOFS[trip.roof]
    legs += _stay(chance, place, roof, now_s, DAY_S)
    stays.append(Stay(now_s, DAY_S, roof))
    return Way({"at": _written(start), "legs": legs}, tuple(stays))


def school_of(side: Side) -> Place:
    """In the middle, far to the right of his side."""
    return side.place(0.0, SCHOOL_ASIDE_M)


def sides(bearing_deg: float, homes_m: float) -> tuple[Side, Side]:
    """His and hers."""
    his, hers = bearing_deg, (bearing_deg + 180) % 360
    return Side(his, homes_m / 2), Side(hers, homes_m / 2)


def ways(chance: Random, kind: Kind, his: Side, hers: Side) -> tuple[Way, Way]:
    """His and hers."""
    school = school_of(his)
    return way(chance, his, kind.his, school), way(chance, hers, kind.hers, school)


def _goal(chance: Random, side: Side, trip: Trip, school: Place) -> Place:
    if trip.goes == "school":
        return school
    if trip.goes == "home":
        return side.place(side.home_m, 0.0)
    ahead_m, aside_m = (1000 * chance.uniform(*span) for span in (trip.ahead_km, trip.aside_km))
    return side.place(APART_M / 2 + ahead_m, aside_m)


def _go(chance: Random, start: Place, goal: Place, trip: Trip) -> Iterator[tuple[Leg, float]]:
    """Legs, straight to a goal, and how long each takes."""
    far_m, speed_m_s = hypot(goal[0] - start[0], goal[1] - start[1]), _drawn(chance, trip.speed_m_s)
    gone_m = 0.0
    while trip.stops_m:
        next_m = gone_m + chance.uniform(*trip.stops_m)
        if next_m > far_m - trip.stops_m[0]:
            break
        yield (
            _drive(_between(start, goal, next_m / far_m), speed_m_s),
            (next_m - gone_m) / speed_m_s,
        )
        stands_s = _drawn(chance, _STOP_S)
        yield _stand(stands_s), stands_s
        gone_m = next_m
    yield _drive(goal, speed_m_s), (far_m - gone_m) / speed_m_s


def _stay(chance: Random, place: Place, roof: Roof, from_s: float, until_s: float) -> Iterator[Leg]:
    """Standing, and a short walk and back now and then."""
    now_s = from_s
    while roof.paces:
        wait_s = _PACE_AFTER_S + chance.expovariate(roof.paces / _HOUR_S)
        to_m, speed_m_s = chance.uniform(*_PACE_M), _drawn(chance, _PACE_M_S)
        stands_s, bearing_deg = _drawn(chance, _PACE_STANDS_S), float(chance.randrange(360))
        lasts_s = 2 * to_m / speed_m_s + stands_s
        begins_s = max(now_s + wait_s, AWAKE_H[0] * _HOUR_S + wait_s)
        if begins_s + lasts_s > min(until_s, AWAKE_H[1] * _HOUR_S):
            break
        bearing = radians(bearing_deg)
        there = place[0] + to_m * cos(bearing), place[1] + to_m * sin(bearing)
        yield _stand(begins_s - now_s)
        yield _drive(there, speed_m_s)
        yield _stand(stands_s)
        yield _drive(place, speed_m_s)
        now_s = begins_s + lasts_s
    if until_s > now_s:
        yield _stand(until_s - now_s)


def _between(start: Place, goal: Place, share: float) -> Place:
    north_m, east_m = (one + (other - one) * share for one, other in zip(start, goal, strict=True))
    return north_m, east_m


def _drawn(chance: Random, span: Span) -> float:
    return round(chance.uniform(*span), 1)


def _stand(for_s: float) -> Leg:
    return {"move": "stand", "for_s": round(for_s, 1)}


def _drive(to: Place, speed_m_s: float) -> Leg:
    return {"move": "drive", "to": _written(to), "speed_m_s": speed_m_s}


def _written(place: Place) -> dict[str, float]:
    return {"north_m": round(place[0], 1), "east_m": round(place[1], 1)}
