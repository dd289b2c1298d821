"""Distances on the WGS84 ellipsoid (NIMA TR8350.2), by chords between earth-centred points.

A chord c and the arc s over it on a sphere of radius R differ by s = 2 R asin(c / 2R). With the
mean radius this stays within 1 mm of the WGS84 geodesic up to 10 km, 2 cm up to 100 km, 0.2 % up
to 10,000 km, and 5 % at the antipodes, where a chord hardly grows any more (test_geodesy.py holds
it against Karney's solution). It has no antimeridian, no pole and no special case, and costs a
tenth of an iterative inverse.
"""

from math import asin, cos, radians, sin, sqrt

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)
MEAN_RADIUS_M = 6_371_008.8  # (2a + b) / 3
_POLAR = 1 - ECCENTRICITY_SQUARED
_E7_TO_RADIANS = radians(1e-7)

Vector = tuple[float, float, float]


def earth_centred(lat_e7: int, lon_e7: int) -> Vector:
    """Earth-centred, earth-fixed metres of a point on the ellipsoid's surface."""
    lat = lat_e7 * _E7_TO_RADIANS
    lon = lon_e7 * _E7_TO_RADIANS
    sine, cosine = sin(lat), cos(lat)
    normal = SEMI_MAJOR_M / sqrt(1 - ECCENTRICITY_SQUARED * sine * sine)
    return normal * cosine * cos(lon), normal * cosine * sin(lon), normal * _POLAR * sine


def chord_m(a: Vector, b: Vector) -> float:
    """The straight line between two points: never more than the way between them."""
    dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return sqrt(dx * dx + dy * dy + dz * dz)


def arc_m(chord: float) -> float:
    """The distance along the surface of two points whose chord is given."""
    half = chord / (2 * MEAN_RADIUS_M)
    return 2 * MEAN_RADIUS_M * asin(half) if half < 1 else 2 * MEAN_RADIUS_M * asin(1)


def nearest_on_segment_m(start: Vector, end: Vector) -> float:
    """How near the segment from `start` to `end` passes by the origin, in metres.

    With relative positions (one party seen from the other) at two instants this is the least
    distance between two parties that both moved evenly in between: a swept moving circle.
    """
    sx, sy, sz = start
    vx, vy, vz = end[0] - sx, end[1] - sy, end[2] - sz
    length_squared = vx * vx + vy * vy + vz * vz
    if length_squared == 0:
        return sqrt(sx * sx + sy * sy + sz * sz)
    t = -(sx * vx + sy * vy + sz * vz) / length_squared
    t = 0.0 if t < 0 else min(t, 1.0)
    px, py, pz = sx + t * vx, sy + t * vy, sz + t * vz
    return sqrt(px * px + py * py + pz * pz)


class TangentPlane:
    """East and north metres about a point: exact there, 1e-6 off at 10 km, without a seam."""

    __slots__ = ("_east", "_north", "origin")

    def __init__(self, lat_e7: int, lon_e7: int) -> None:
        lat, lon = lat_e7 * _E7_TO_RADIANS, lon_e7 * _E7_TO_RADIANS
        self.origin = earth_centred(lat_e7, lon_e7)
        self._east = (-sin(lon), cos(lon), 0.0)
        self._north = (-sin(lat) * cos(lon), -sin(lat) * sin(lon), cos(lat))

    def project(self, point: Vector) -> tuple[float, float]:
        """(east_m, north_m) of an earth-centred point."""
        dx, dy, dz = (
            point[0] - self.origin[0],
            point[1] - self.origin[1],
            point[2] - self.origin[2],
        )
        east, north = self._east, self._north
        return (
            dx * east[0] + dy * east[1],
            dx * north[0] + dy * north[1] + dz * north[2],
        )
