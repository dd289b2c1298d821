"""How far, and in which direction: the geodesic on WGS84, exact to a millimetre.

T. Vincenty, Direct and inverse solutions of geodesics on the ellipsoid, Survey Review 23 (176),
1975: the inverse formula. It does not converge for points that are nearly opposite each other on
the earth; they are as far apart as can be.
"""

from functools import lru_cache
from math import atan, atan2, cos, hypot, pi, radians, sin, sqrt, tan

Spot = tuple[int, int]  # latitude, longitude in 1e-7 degrees
Point = tuple[float, float]  # metres north and east of a middle

_A_M = 6_378_137.0
_F = 1 / 298.257223563
_B_M = _A_M * (1 - _F)
_ENOUGH = 1e-12  # radians: six micrometres
_ROUNDS_MAX = 100


@lru_cache(maxsize=1024)  # the same two positions are looked at again and again
def way(start: Spot, end: Spot) -> tuple[float, float]:
    """(metres, azimuth at the start in radians, clockwise from north)."""
    if start == end:
        return 0.0, 0.0
    lon = radians((end[1] - start[1]) / 1e7)
    reduced_1 = atan((1 - _F) * tan(radians(start[0] / 1e7)))
    reduced_2 = atan((1 - _F) * tan(radians(end[0] / 1e7)))
    sin_1, cos_1, sin_2, cos_2 = sin(reduced_1), cos(reduced_1), sin(reduced_2), cos(reduced_2)
    on_sphere = lon
    for _ in range(_ROUNDS_MAX):
        sin_l, cos_l = sin(on_sphere), cos(on_sphere)
        east, north = cos_2 * sin_l, cos_1 * sin_2 - sin_1 * cos_2 * cos_l
        sin_s, cos_s = hypot(east, north), sin_1 * sin_2 + cos_1 * cos_2 * cos_l
        if sin_s == 0:
            return 0.0, 0.0
        sigma = atan2(sin_s, cos_s)
        sin_a = cos_1 * cos_2 * sin_l / sin_s
        cos2_a = 1 - sin_a * sin_a
        cos_2m = cos_s - 2 * sin_1 * sin_2 / cos2_a if cos2_a > _ENOUGH else 0.0
        c = _F / 16 * cos2_a * (4 + _F * (4 - 3 * cos2_a))
        bend = sigma + c * sin_s * (cos_2m + c * cos_s * (2 * cos_2m * cos_2m - 1))
        before, on_sphere = on_sphere, lon + (1 - c) * _F * sin_a * bend
        if abs(on_sphere - before) < _ENOUGH:
            break
    else:
        return pi * _B_M, 0.0
    u2 = cos2_a * (_A_M * _A_M - _B_M * _B_M) / (_B_M * _B_M)
    root = sqrt(1 + u2)
    k = (root - 1) / (root + 1)
    a, b = (1 + k * k / 4) / (1 - k), k * (1 - 3 * k * k / 8)
    inner = cos_s * (2 * cos_2m * cos_2m - 1)
    inner -= b / 6 * cos_2m * (4 * sin_s * sin_s - 3) * (4 * cos_2m * cos_2m - 3)
    arc = sigma - b * sin_s * (cos_2m + b / 4 * inner)
    return _B_M * a * arc, atan2(east, north)


def distance_m(one: Spot, other: Spot) -> float:
    """How far apart two spots are."""
    return way(one, other)[0]


def seen_from(middle: Spot, spot: Spot) -> Point:
    """Metres north and east of `middle`: true in distance and direction from there."""
    far_m, azimuth = way(middle, spot)
    return far_m * cos(azimuth), far_m * sin(azimuth)


def nearest_m(start: Point, end: Point) -> float:
    """How near a straight way from `start` to `end` comes to the middle."""
    north, east = end[0] - start[0], end[1] - start[1]
    squared = north * north + east * east
    along = -(start[0] * north + start[1] * east) / squared if squared else 0.0
    along = min(1.0, max(0.0, along))
    return hypot(start[0] + along * north, start[1] + along * east)


def between(start: Point, end: Point, share: float) -> Point:
    """The point that lies so far on the way."""
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
