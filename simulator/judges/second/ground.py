"""Zones and ways on the ground: how near somebody is to a place, or was on the way."""

from itertools import pairwise
from math import hypot

from host.registry.types import Zone
from simulator.judges.second.earth import Point, Spot, distance_m, nearest_m, seen_from


def zone_distance_m(zone: Zone, spot: Spot) -> float:
    """How far a spot is from a zone; 0 inside."""
    return max(0.0, depth_m(zone, spot))


def depth_m(zone: Zone, spot: Spot) -> float:
    """How far a spot is from a zone's edge, negative inside."""
    if len(zone.ring) == 1:
        return distance_m(zone.ring[0], spot) - zone.radius_m
    edges = _edges(zone, spot)
    far_m = min(nearest_m(*edge) for edge in edges)
    return -far_m if _inside(edges) else far_m


def passed_m(zone: Zone, start: Spot, end: Spot) -> float:
    """How near a straight way came to a zone; 0 if it led through."""
    if len(zone.ring) == 1:
        middle = zone.ring[0]
        way_m = nearest_m(seen_from(middle, start), seen_from(middle, end))
        return max(0.0, way_m - zone.radius_m)
    edges = _edges(zone, end)
    if _inside(edges) or _inside(_edges(zone, start)):
        return 0.0
    way = seen_from(end, start), (0.0, 0.0)
    return min(_apart_m(way, edge) for edge in edges)


def _edges(zone: Zone, middle: Spot) -> list[tuple[Point, Point]]:
    rings = [[seen_from(middle, corner) for corner in ring] for ring in (zone.ring, *zone.holes)]
    return [edge for ring in rings for edge in pairwise([*ring, ring[0]])]


def _inside(edges: list[tuple[Point, Point]]) -> bool:
    """Whether the middle is inside: a ray to the north crosses an odd number of edges."""
    return sum(_crosses_north(*edge) for edge in edges) % 2 == 1


def _crosses_north(start: Point, end: Point) -> bool:
    if (start[1] > 0) == (end[1] > 0):
        return False
    return start[0] + (end[0] - start[0]) * start[1] / (start[1] - end[1]) > 0


def _apart_m(one: tuple[Point, Point], other: tuple[Point, Point]) -> float:
    """How near two straight ways come to each other."""
    if _cross(one, other):
        return 0.0
    ends = [(one[0], other), (one[1], other), (other[0], one), (other[1], one)]
    return min(nearest_m(_from(point, way[0]), _from(point, way[1])) for point, way in ends)


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    def side(way: tuple[Point, Point], point: Point) -> float:
        (n1, e1), (n2, e2) = way
        return (n2 - n1) * (point[1] - e1) - (e2 - e1) * (point[0] - n1)

    apart = side(one, other[0]) * side(one, other[1]) < 0
    return apart and side(other, one[0]) * side(other, one[1]) < 0


def _from(middle: Point, point: Point) -> Point:
    return point[0] - middle[0], point[1] - middle[1]


def long_m(start: Point, end: Point) -> float:
    """How long a straight way is."""
    return hypot(end[0] - start[0], end[1] - start[1])
