"""A fixed zone on the ground: how far a point is from it, and whether a leg crossed it."""

from shapely import make_valid
from shapely.geometry import LineString, Point, Polygon

from host.proximity.geodesy import TangentPlane, Vector, chord_m, earth_centred
from host.registry.types import Zone

_FLAT_M = 50_000.0  # beyond this from the zone's edge the plane is no longer needed


class Fence:
    """A zone projected once onto the tangent plane about its first point. Built when it is entered.

    Self-crossing rings are read as all that they enclose, however often they go round it.
    """

    __slots__ = ("_plane", "_radius_m", "_shape", "extent_m", "zone")

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        points = [earth_centred(lat_e7, lon_e7) for lat_e7, lon_e7 in zone.ring]
        self._plane = TangentPlane(*zone.ring[0])
        self._radius_m = float(zone.radius_m)
        self._shape = None
        self.extent_m = self._radius_m  # of all of it from its first point
        if len(zone.ring) > 1:
            holes = [
                [self._plane.project(earth_centred(*point)) for point in hole]
                for hole in zone.holes
            ]
            ring = [self._plane.project(point) for point in points]
            shape = make_valid(Polygon(ring, holes), method="structure")
            # Holes that leave nothing of it are none: a zone is somewhere.
            self._shape = make_valid(Polygon(ring), method="structure") if shape.is_empty else shape
            self.extent_m = max(chord_m(point, self._plane.origin) for point in points)

    def distance_m(self, point: Vector) -> float:
        """Metres from the zone's edge; 0 inside. Far away a lower bound by the zone's extent."""
        to_origin_m = chord_m(point, self._plane.origin)
        if self._shape is None:
            return max(0.0, to_origin_m - self._radius_m)
        if to_origin_m > self.extent_m + _FLAT_M:
            return to_origin_m - self.extent_m
        return float(self._shape.distance(Point(self._plane.project(point))))

    def nearest_m(self, start: Vector, end: Vector) -> float:
        """The least distance of a straight leg from the zone's edge; 0 where it crosses."""
        far_m = self.extent_m + _FLAT_M
        origin = self._plane.origin
        if chord_m(start, origin) > far_m or chord_m(end, origin) > far_m:
            return min(self.distance_m(start), self.distance_m(end))
        leg = LineString([self._plane.project(start), self._plane.project(end)])
        if self._shape is None:
            return max(0.0, float(leg.distance(Point(0.0, 0.0))) - self._radius_m)
        return float(self._shape.distance(leg))
