"""The true distance of an offender from what he must stay away from, over time.

Worked out from the true paths and by geometry of its own: none of it is the host's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from host.registry.types import Order, Zone
from simulator.judges.second.calendar import (
    NEVER_MS,
    in_force,
    next_change_ms,
    next_zone_change_ms,
    zone_in_force,
)
from simulator.scenario.ground import Spot, distance_m, offset_m
from simulator.scenario.movement import Path
from simulator.scenario.scenario import Scenario

STEP_MS = 250
_SPEED_MIN_M_S = 1.0
_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Terms:
    """What one version of an order says of one cause, in metres.

    outer_m: the widest limit, where a pre-alert begins. alert_m: where an alert does, and so what
    is promised. limits: what is a breach, by kind.
    """

    order: Order
    outer_m: float
    alert_m: float
    limits: dict[str, float]

    @classmethod
    def of(cls, order: Order, zone: Zone | None) -> "Terms":
        """Those of a protected person (no zone), or of a zone."""
        if zone is not None:
            return cls(order, 2.0 * zone.margin_m, float(zone.margin_m), {"zone": 0.0})
        limits = {"distance": float(order.alert_m), "contact": float(order.contact_m)}
        return cls(order, float(order.pre_alert_m), float(order.alert_m), limits)


@dataclass(frozen=True, slots=True)
class Pair:
    """An offender and a protected person on the move, or (`zone`) a place that he may not enter.

    order: its name. terms: (from when, what holds), one for each version of the order, in order
    of time. worn_ms: from when to when all who belong to it wear a unit; at other times nobody
    knows where they are.
    """

    order: str
    cause: str
    paths: tuple[Path, ...]
    zone: Zone | None
    terms: tuple[tuple[int, Terms], ...]
    worn_ms: tuple[int, int]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of what can be a breach."""
        return tuple(self.terms[0][1].limits)

    def terms_at(self, at_ms: int) -> Terms:
        """What holds at an instant."""
        return next(terms for from_ms, terms in reversed(self.terms) if from_ms <= at_ms)

    def limits(self, kind: str) -> Callable[[int], float]:
        """The distance of a kind of breach in metres, by time."""
        return lambda at_ms: self.terms_at(at_ms).limits[kind]

    def distance_m(self, at_ms: int) -> float:
        """How far apart at an instant; 0 inside a zone."""
        spots = [path.at(at_ms) for path in self.paths]
        return distance_m(*spots) if self.zone is None else zone_distance_m(self.zone, spots[0])

    def samples(
        self, from_ms: int, until_ms: int, near_m: float
    ) -> Iterator[tuple[int, float | None]]:
        """(time, distance) such that no distance within `near_m` lasts 250 ms unseen.

        Far away the next sample is when the two could be near at their paths' greatest speeds, and
        no later than something comes into force. A distance of None says that the order or the
        zone is not in force, or that somebody wears no unit.
        """
        speed_m_s = max(_SPEED_MIN_M_S, sum(path.speed_max_m_s for path in self.paths))
        at_ms, on, boundary_ms = from_ms, False, from_ms
        while True:
            if at_ms >= boundary_ms:
                on, boundary_ms = self.in_force(at_ms)
            apart_m = self.distance_m(at_ms)
            yield at_ms, apart_m if on else None
            if at_ms >= until_ms:
                return
            free_ms = int((apart_m - near_m) / speed_m_s * 1000)
            ahead_ms = max(STEP_MS, min(free_ms, boundary_ms - at_ms))
            at_ms = min(until_ms, at_ms + ahead_ms)

    def in_force(self, at_ms: int) -> tuple[bool, int]:
        """Whether it is at an instant, and until when that surely stays so."""
        terms = self.terms_at(at_ms)
        edges_ms = [*self.worn_ms, *(from_ms for from_ms, _ in self.terms)]
        edge_ms = min((edge for edge in edges_ms if edge > at_ms), default=NEVER_MS)
        worn = self.worn_ms[0] <= at_ms < self.worn_ms[1]
        on = worn and in_force(terms.order, at_ms)
        boundary_ms = min(edge_ms, next_change_ms(terms.order, at_ms))
        if self.zone is not None:
            on = on and zone_in_force(terms.order, self.zone, at_ms)
            boundary_ms = min(boundary_ms, next_zone_change_ms(terms.order, self.zone, at_ms))
        return on, boundary_ms


def pairs_of(scenario: Scenario) -> Iterator[Pair]:
    """Every pair of every order."""
    for order in scenario.orders:
        versions = scenario.versions(order.id)
        for person in order.protected:
            paths, worn_ms = _worn(scenario, order.offender, person)
            terms = tuple((at_ms, Terms.of(one, None)) for at_ms, one in versions)
            yield Pair(order.id, f"victim:{person}", paths, None, terms, worn_ms)
        for zone in order.zones:
            paths, worn_ms = _worn(scenario, order.offender)
            terms = tuple((at_ms, Terms.of(one, zone)) for at_ms, one in versions)
            yield Pair(order.id, f"zone:{zone.id}", paths, zone, terms, worn_ms)


def _worn(scenario: Scenario, *persons: str) -> tuple[tuple[Path, ...], tuple[int, int]]:
    """Their paths, and from when to when each of them wears a unit."""
    worn = [scenario.worn(person) for person in persons]
    from_ms = max(one.from_ms for one in worn)
    until_ms = min(NEVER_MS if one.until_ms is None else one.until_ms for one in worn)
    return tuple(scenario.paths[one.unit] for one in worn), (from_ms, until_ms)


def zone_distance_m(zone: Zone, spot: Spot) -> float:
    """How far a spot is from a zone's edge; 0 inside."""
    if len(zone.ring) == 1:
        return max(0.0, distance_m(zone.ring[0], spot) - zone.radius_m)
    rings = [[offset_m(spot, corner) for corner in ring] for ring in (zone.ring, *zone.holes)]
    edges = [edge for ring in rings for edge in pairwise([*ring, ring[0]])]
    if sum(_crosses_north(*edge) for edge in edges) % 2:  # even-odd rule
        return 0.0
    return min(_from_edge_m(*edge) for edge in edges)


def _crosses_north(start: _Point, end: _Point) -> bool:
    """Whether an edge crosses the ray that goes north from the origin."""
    if (start[1] > 0) == (end[1] > 0):
        return False
    return start[0] + (end[0] - start[0]) * start[1] / (start[1] - end[1]) > 0


def _from_edge_m(start: _Point, end: _Point) -> float:
    """How far an edge is from the origin."""
    north, east = end[0] - start[0], end[1] - start[1]
    squared = north * north + east * east
    along = -(start[0] * north + start[1] * east) / squared if squared else 0.0
    along = min(1.0, max(0.0, along))
    return hypot(start[0] + along * north, start[1] + along * east)
