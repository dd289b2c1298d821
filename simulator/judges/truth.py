"""The true distance of an offender from what he must stay away from, over time.

Worked out from the true paths and by geometry of its own: none of it is the host's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from host.proximity.schedule import in_force, window
from host.registry.types import Order, Zone
from simulator.scenario.ground import Spot, distance_m, offset_m
from simulator.scenario.movement import Path
from simulator.scenario.scenario import Scenario

STEP_MS = 250
_SPEED_MIN_M_S = 1.0
_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pair:
    """An offender and a protected person on the move, or (`zone`) a place that he may not enter.

    `outer_m`: the widest limit, where a pre-alert begins. `limits`: what is a breach, by kind.
    """

    order: Order
    cause: str
    paths: tuple[Path, ...]
    zone: Zone | None
    outer_m: float
    limits: tuple[tuple[str, float], ...]

    def distance_m(self, at_ms: int) -> float:
        """How far apart at an instant; 0 inside a zone."""
        spots = [path.at(at_ms) for path in self.paths]
        return distance_m(*spots) if self.zone is None else zone_distance_m(self.zone, spots[0])

    def samples(
        self, from_ms: int, until_ms: int, near_m: float
    ) -> Iterator[tuple[int, float | None]]:
        """(time, distance) such that no distance within `near_m` lasts 250 ms unseen.

        Far away the next sample is when the two could be near at their paths' greatest speeds.
        A distance of None says that the order or the zone is not in force.
        """
        speed_m_s = max(_SPEED_MIN_M_S, sum(path.speed_max_m_s for path in self.paths))
        at_ms, on, boundary_ms = from_ms, False, from_ms
        while True:
            if at_ms >= boundary_ms:
                on, boundary_ms = self._in_force(at_ms)
            apart_m = self.distance_m(at_ms)
            yield at_ms, apart_m if on else None
            if at_ms >= until_ms:
                return
            free_ms = int((apart_m - near_m) / speed_m_s * 1000)
            at_ms = min(until_ms, at_ms + max(STEP_MS, free_ms))

    def _in_force(self, at_ms: int) -> tuple[bool, int]:
        on, boundary_ms = in_force(self.order, at_ms)
        if self.zone is None:
            return on, boundary_ms
        zone_on, zone_ms = window(self.zone.schedule, at_ms, self.order.time_zone)
        return on and zone_on, min(boundary_ms, zone_ms)


def pairs_of(scenario: Scenario) -> Iterator[Pair]:
    """Every pair of every order."""
    for order in scenario.orders:
        offender = scenario.paths[scenario.unit_of(order.offender)]
        limits = (("distance", float(order.alert_m)), ("contact", float(order.contact_m)))
        for person in order.protected:
            paths = (offender, scenario.paths[scenario.unit_of(person)])
            yield Pair(order, f"victim:{person}", paths, None, order.pre_alert_m, limits)
        for zone in order.zones:
            cause, outer_m = f"zone:{zone.id}", 2.0 * zone.margin_m
            yield Pair(order, cause, (offender,), zone, outer_m, (("zone", 0.0),))


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
