"""Moves on the ground: metres north and east to latitude and longitude, and back.

By the radii of curvature of WGS84 at the middle latitude (J. P. Snyder, Map Projections, 1987,
eq. 4-18 to 4-20): about 1e-6 off at 10 km, below 89 degrees. The host measures by another way
(chords of earth-centred points), so the simulator's truth does not share its mistakes.
"""

from math import atan2, cos, degrees, hypot, radians, sin, sqrt

Spot = tuple[int, int]  # latitude, longitude in 1e-7 degrees

_SEMI_MAJOR_M = 6_378_137.0
_E2 = 0.00669437999014
_E7 = 10_000_000
_HALF_TURN_E7 = 180 * _E7


def _metres_per_e7(lat_e7: float) -> tuple[float, float]:
    lat = radians(lat_e7 / _E7)
    root = sqrt(1 - _E2 * sin(lat) ** 2)
    meridian_m = _SEMI_MAJOR_M * (1 - _E2) / root**3
    parallel_m = _SEMI_MAJOR_M / root * cos(lat)
    return radians(meridian_m) / _E7, radians(parallel_m) / _E7


def wrapped(lon_e7: int) -> int:
    """The same meridian, within -180 to 180 degrees."""
    return (lon_e7 + _HALF_TURN_E7) % (2 * _HALF_TURN_E7) - _HALF_TURN_E7


def moved(spot: Spot, north_m: float, east_m: float) -> Spot:
    """The spot that lies so far to the north and east."""
    lat_e7, lon_e7 = spot
    half = lat_e7 + north_m / _metres_per_e7(lat_e7)[0] / 2
    north, east = _metres_per_e7(half)
    return round(lat_e7 + north_m / north), wrapped(round(lon_e7 + east_m / east))


def offset_m(start: Spot, end: Spot) -> tuple[float, float]:
    """(north_m, east_m) from the one spot to the other, the shorter way round."""
    north, east = _metres_per_e7((start[0] + end[0]) / 2)
    return (end[0] - start[0]) * north, wrapped(end[1] - start[1]) * east


def distance_m(one: Spot, other: Spot) -> float:
    """How far the two are apart."""
    return hypot(*offset_m(one, other))


def bearing_deg(start: Spot, end: Spot) -> float:
    """Clockwise from north, 0 to 360."""
    north_m, east_m = offset_m(start, end)
    return degrees(atan2(east_m, north_m)) % 360
