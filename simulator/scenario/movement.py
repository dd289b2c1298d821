"""True paths: where a unit is at each instant. Straight and even from node to node.

A path is a function of time and nothing else, so the same at every asking: what the receiver
makes of it is noise.py's, and what the oracle knows is the path itself.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from math import cos, hypot, radians, sin, sqrt
from typing import NamedTuple

from simulator.scenario.ground import Spot, bearing_deg, distance_m, moved, offset_m, wrapped
from simulator.scenario.schema.movement import Approach, Drive, Leave, Leg, PassBy, Stand, Walk
from simulator.scenario.schema.words import Degrees, Offset
from simulator.tracks.points import Point

STILL_M_S = 0.3  # slower than this is the noise of a recorded track, not movement
_PURSUIT_STEP_MS = 1000
_ARRIVED_M = 0.1  # well above what rounding to 1e-7 degrees takes away


class Node(NamedTuple):
    """At this time here. Longitudes run on past 180 degrees instead of jumping."""

    time_ms: int
    lat_e7: int
    lon_e7: int


class Path:
    """Where a unit truly is. It rests before the first node and after the last."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = tuple(nodes)
        self._times_ms = [node.time_ms for node in self.nodes]
        self._speeds_m_s = [
            _speed_m_s(*leg) for leg in zip(self.nodes, self.nodes[1:], strict=False)
        ]
        self.speed_max_m_s = max(self._speeds_m_s, default=0.0)

    def at(self, time_ms: int) -> Spot:
        """Latitude and longitude at an instant."""
        index = bisect_right(self._times_ms, time_ms)
        if index == 0 or index == len(self.nodes):
            node = self.nodes[min(index, len(self.nodes) - 1)]
            return node.lat_e7, wrapped(node.lon_e7)
        start, end = self.nodes[index - 1], self.nodes[index]
        passed_ms, leg_ms = time_ms - start.time_ms, end.time_ms - start.time_ms
        lat_e7 = start.lat_e7 + (end.lat_e7 - start.lat_e7) * passed_ms // leg_ms
        return lat_e7, wrapped(start.lon_e7 + (end.lon_e7 - start.lon_e7) * passed_ms // leg_ms)

    def speed_m_s(self, time_ms: int) -> float:
        """How fast it moves at an instant."""
        index = bisect_right(self._times_ms, time_ms)
        return 0.0 if index in (0, len(self.nodes)) else self._speeds_m_s[index - 1]

    def course_deg(self, time_ms: int) -> float:
        """Whither it moves at an instant, clockwise from north; 0 at rest."""
        index = bisect_right(self._times_ms, time_ms)
        if index in (0, len(self.nodes)):
            return 0.0
        start, end = self.nodes[index - 1], self.nodes[index]
        return bearing_deg(start[1:], end[1:])

    def turns(self) -> list[tuple[int, bool]]:
        """When it begins to move (True) and when it comes to rest, in order."""
        turns: list[tuple[int, bool]] = []
        moving = False
        for node, speed_m_s in zip(self.nodes, [*self._speeds_m_s, 0.0], strict=True):
            if (speed_m_s >= STILL_M_S) != moving:
                moving = not moving
                turns.append((node.time_ms, moving))
        return turns


def _speed_m_s(start: Node, end: Node) -> float:
    return distance_m(start[1:], end[1:]) * 1000 / (end.time_ms - start.time_ms)


def along_track(points: Iterable[Point]) -> Path:
    """A path through recorded points; of several at one instant, the last."""
    nodes: list[Node] = []
    for point in points:
        if nodes and nodes[-1].time_ms == point.time_ms:
            nodes.pop()
        _go_on(nodes, point.time_ms, (point.lat_e7, point.lon_e7))
    return Path(nodes)


PathOf = Callable[[str], Path]
SpotOf = Callable[[Degrees | Offset], Spot]


def along_legs(
    start: Spot,
    legs: Iterable[Leg],
    span_ms: tuple[int, int],
    spot_of: SpotOf,
    path_of: PathOf,
) -> Path:
    """A path that begins at `start` and takes one leg after the other, over a span of time."""
    start_ms, end_ms = span_ms
    nodes = [Node(start_ms, *start)]
    for leg in legs:
        if nodes[-1].time_ms >= end_ms:
            break
        here = nodes[-1][1:]
        if isinstance(leg, Stand):
            _go_on(nodes, nodes[-1].time_ms + max(1, round(leg.for_s * 1000)), here)
        elif isinstance(leg, Approach):
            _pursue(nodes, leg, path_of(leg.unit), end_ms)
        else:
            for goal in _goals(leg, nodes[-1], spot_of, path_of):
                _go_straight(nodes, goal, leg.speed_m_s)
    return Path(nodes)


def _goals(
    leg: Walk | Drive | PassBy | Leave,
    node: Node,
    spot_of: SpotOf,
    path_of: PathOf,
) -> list[Spot]:
    here = node[1:]
    if isinstance(leg, PassBy):
        return _tangent(leg, here, path_of(leg.unit).at(node.time_ms))
    if isinstance(leg, Leave):
        there = path_of(leg.unit).at(node.time_ms)
        away_m = leg.until_m - distance_m(there, here)
        return [_ahead(here, bearing_deg(there, here), away_m)] if away_m > 0 else []
    if leg.to is not None:
        return [spot_of(leg.to)]
    return [_ahead(here, leg.bearing_deg or 0.0, leg.distance_m or 0.0)]


def _tangent(leg: PassBy, here: Spot, there: Spot) -> list[Spot]:
    """The nearest point and the end of a straight line that leaves `there` at_m to its left."""
    north_m, east_m = offset_m(here, there)
    far_m = hypot(north_m, east_m)
    if far_m <= leg.at_m:
        return [_ahead(here, bearing_deg(there, here), leg.beyond_m)]
    # In the frame that points at `there`, the tangent turns right by asin(at_m / far_m).
    sine = leg.at_m / far_m
    cosine = sqrt(1 - sine * sine)
    unit_north = (north_m * cosine - east_m * sine) / far_m
    unit_east = (east_m * cosine + north_m * sine) / far_m
    to_nearest_m = far_m * cosine
    return [
        moved(here, unit_north * reach_m, unit_east * reach_m)
        for reach_m in (to_nearest_m, to_nearest_m + leg.beyond_m)
    ]


def _pursue(nodes: list[Node], leg: Approach, target: Path, end_ms: int) -> None:
    while nodes[-1].time_ms < end_ms:
        now_ms, here = nodes[-1].time_ms, (nodes[-1].lat_e7, nodes[-1].lon_e7)
        north_m, east_m = offset_m(here, target.at(now_ms))
        far_m = hypot(north_m, east_m)
        left_m = far_m - leg.to_m
        if left_m < _ARRIVED_M:
            return
        step_m = min(left_m, leg.speed_m_s * _PURSUIT_STEP_MS / 1000)
        share = step_m / far_m
        step_ms = max(1, round(step_m / leg.speed_m_s * 1000))
        _go_on(nodes, now_ms + step_ms, moved(here, north_m * share, east_m * share))


def _ahead(here: Spot, bearing: float, by_m: float) -> Spot:
    return moved(here, by_m * cos(radians(bearing)), by_m * sin(radians(bearing)))


def _go_straight(nodes: list[Node], goal: Spot, speed_m_s: float) -> None:
    way_m = distance_m(nodes[-1][1:], goal)
    _go_on(nodes, nodes[-1].time_ms + max(1, round(way_m / speed_m_s * 1000)), goal)


def _go_on(nodes: list[Node], time_ms: int, spot: Spot) -> None:
    lat_e7, lon_e7 = spot
    if nodes:
        lon_e7 = nodes[-1].lon_e7 + wrapped(lon_e7 - nodes[-1].lon_e7)
    nodes.append(Node(time_ms, lat_e7, lon_e7))
