"""The oracle: C. F. F. Karney's geodesics on WGS84 (geographiclib), and points drawn for it."""

from math import asin, degrees, inf

from geographiclib.geodesic import Geodesic
from hypothesis import strategies as st

Point = tuple[int, int]  # (lat_e7, lon_e7)

_WGS84 = Geodesic.WGS84

NOTABLE: tuple[Point, ...] = (
    (0, 0),
    (146349150, -905068820),  # Guatemala
    (514778000, 0),  # Greenwich
    (-180000000, 1800000000),  # Fiji, on the antimeridian
    (-180000000, -1800000000),
    (900000000, 0),
    (-900000000, 1234567890),
    (899999990, -900000000),
    (0, 1799999999),
)


def _even(sine: float, lon_e7: int) -> Point:
    return round(degrees(asin(sine)) * 1e7), lon_e7


# Spread evenly over the globe, and now and then exactly where things go wrong.
points = st.sampled_from(NOTABLE) | st.builds(
    _even, st.floats(-1, 1), st.integers(-1_800_000_000, 1_800_000_000)
)
azimuths = st.floats(0, 360)


def geodesic_m(a: Point, b: Point) -> float:
    """The length of the shortest way between two points."""
    return float(_WGS84.Inverse(a[0] / 1e7, a[1] / 1e7, b[0] / 1e7, b[1] / 1e7)["s12"])


def beyond(start: Point, azimuth: float, distance_m: float) -> Point:
    """The point that lies `distance_m` from `start`, rounded to the wire's 1 cm."""
    end = _WGS84.Direct(start[0] / 1e7, start[1] / 1e7, azimuth, distance_m)
    return round(end["lat2"] * 1e7), round(end["lon2"] * 1e7)


def between(a: Point, b: Point, count: int) -> list[Point]:
    """`count` + 1 points along the shortest way from `a` to `b`, both included."""
    line = _WGS84.InverseLine(a[0] / 1e7, a[1] / 1e7, b[0] / 1e7, b[1] / 1e7)
    steps = [line.Position(line.s13 * i / count) for i in range(count + 1)]
    return [(round(step["lat2"] * 1e7), round(step["lon2"] * 1e7)) for step in steps]


def to_way_m(point: Point, a: Point, b: Point) -> float:
    """From `point` to the shortest way between `a` and `b`, to 0.1 m, by ever finer samples."""
    line = _WGS84.InverseLine(a[0] / 1e7, a[1] / 1e7, b[0] / 1e7, b[1] / 1e7)
    low_m, high_m, nearest_m = 0.0, line.s13, inf
    while high_m - low_m > 0.05:
        step_m = (high_m - low_m) / 10
        distances_m = []
        for i in range(11):
            on = line.Position(low_m + i * step_m)
            inverse = _WGS84.Inverse(point[0] / 1e7, point[1] / 1e7, on["lat2"], on["lon2"])
            distances_m.append(inverse["s12"])
        nearest_m = min(distances_m)
        at_m = low_m + distances_m.index(nearest_m) * step_m
        low_m, high_m = max(low_m, at_m - step_m), min(high_m, at_m + step_m)
    return nearest_m


def encloses(ring: tuple[Point, ...], point: Point) -> bool:
    """Whether a simple ring of short edges goes round `point`: the turns of a look along it."""
    turned = 0.0
    for a, b in zip(ring, (*ring[1:], ring[0])):
        looks = [
            _WGS84.Inverse(point[0] / 1e7, point[1] / 1e7, to[0] / 1e7, to[1] / 1e7)["azi1"]
            for to in (a, b)
        ]
        turned += (looks[1] - looks[0] + 180) % 360 - 180
    return abs(turned) > 180
