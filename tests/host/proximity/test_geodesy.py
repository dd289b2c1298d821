"""Distances, held against Karney's solution."""

from math import cos, hypot, pi, radians, sin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from host.proximity.geodesy import (
    SEMI_MAJOR_M,
    TangentPlane,
    Vector,
    arc_m,
    chord_m,
    earth_centred,
    nearest_on_segment_m,
)
from tests.host.proximity.karney import (
    NOTABLE,
    Point,
    azimuths,
    beyond,
    geodesic_m,
    points,
)


def distance_m(a: Point, b: Point) -> float:
    return arc_m(chord_m(earth_centred(*a), earth_centred(*b)))


@pytest.mark.parametrize(
    ("reach_m", "error_m"),
    [(10.0, 1e-6), (1e4, 1e-3), (1e5, 0.02), (1e6, 20.0), (1e7, 2e4), (2.1e7, 1e6)],
)
@given(start=points, azimuth=azimuths, part=st.floats(0, 1))
def test_the_error_grows_as_claimed(
    reach_m: float, error_m: float, start: Point, azimuth: float, part: float
) -> None:
    end = beyond(start, azimuth, part * reach_m)
    assert distance_m(start, end) == pytest.approx(geodesic_m(start, end), abs=error_m)


@pytest.mark.parametrize("start", NOTABLE)
@pytest.mark.parametrize("azimuth", [0.0, 45.0, 90.0, 180.0, 270.0])
def test_no_place_is_special(start: Point, azimuth: float) -> None:
    end = beyond(start, azimuth, 5000.0)
    assert distance_m(start, end) == pytest.approx(5000.0, abs=0.02)
    assert distance_m(start, end) == pytest.approx(geodesic_m(start, end), abs=1e-3)


def test_the_antimeridian_is_no_edge() -> None:
    assert distance_m((0, 1799999999), (0, -1799999999)) == pytest.approx(0.0223, abs=1e-4)
    assert distance_m((10, 1800000000), (10, -1800000000)) == pytest.approx(0, abs=1e-6)


def test_all_meridians_meet_at_a_pole() -> None:
    assert distance_m((900000000, 0), (900000000, 1234567890)) == pytest.approx(0, abs=1e-6)


@given(points)
def test_a_point_is_nowhere_but_at_itself(point: Point) -> None:
    assert distance_m(point, point) == 0


@given(points, points)
def test_a_chord_is_never_longer_than_the_way(a: Point, b: Point) -> None:
    chord = chord_m(earth_centred(*a), earth_centred(*b))
    assert chord <= geodesic_m(a, b) + 1e-6
    assert chord == chord_m(earth_centred(*b), earth_centred(*a))
    assert chord <= arc_m(chord) * (1 + 1e-15)  # a last bit


def test_an_arc_is_not_longer_than_half_the_globe() -> None:
    assert arc_m(2 * SEMI_MAJOR_M) == pytest.approx(pi * 6_371_008.8)
    assert arc_m(0) == 0


coordinates = st.floats(-1e5, 1e5)
vectors = st.tuples(coordinates, coordinates, coordinates)


@given(vectors, vectors)
def test_nearest_on_a_segment_against_dense_interpolation(start: Vector, end: Vector) -> None:
    steps = 1000
    length_m = chord_m(start, end)
    dense_m = min(
        chord_m(tuple(s + (e - s) * i / steps for s, e in zip(start, end)), (0.0, 0.0, 0.0))  # type: ignore[arg-type]
        for i in range(steps + 1)
    )
    nearest_m = nearest_on_segment_m(start, end)
    assert nearest_m <= dense_m + 1e-6
    # Between two samples the way can be nearer by half a step at most.
    assert nearest_m >= dense_m - length_m / steps / 2 - 1e-6


@given(vectors)
def test_a_segment_without_length_is_a_point(point: Vector) -> None:
    assert nearest_on_segment_m(point, point) == pytest.approx(chord_m(point, (0.0, 0.0, 0.0)))


def test_a_segment_through_the_origin_touches_it() -> None:
    assert nearest_on_segment_m((-3.0, -4.0, 0.0), (3.0, 4.0, 0.0)) == 0
    assert nearest_on_segment_m((3.0, 4.0, 0.0), (6.0, 8.0, 0.0)) == 5
    assert nearest_on_segment_m((6.0, 8.0, 0.0), (3.0, 4.0, 0.0)) == 5


@given(points, azimuths, st.floats(1, 1e4))
def test_the_plane_keeps_distances_and_directions(
    origin: Point, azimuth: float, reach_m: float
) -> None:
    # At a pole every direction is north or south: there is no azimuth to compare.
    assume(abs(origin[0]) < 899_000_000)
    end = beyond(origin, azimuth, reach_m)
    east_m, north_m = TangentPlane(*origin).project(earth_centred(*end))
    assert hypot(east_m, north_m) == pytest.approx(reach_m, rel=1e-6, abs=0.02)
    error_m = 0.02 + reach_m * 1e-4
    assert east_m == pytest.approx(reach_m * sin(radians(azimuth)), abs=error_m)
    assert north_m == pytest.approx(reach_m * cos(radians(azimuth)), abs=error_m)


@given(points, azimuths, azimuths, st.floats(0, 1e4), st.floats(0, 1e4))
def test_the_plane_keeps_distances_between_any_two_points(
    origin: Point, one: float, other: float, one_m: float, other_m: float
) -> None:
    plane = TangentPlane(*origin)
    a, b = beyond(origin, one, one_m), beyond(origin, other, other_m)
    (ax, ay), (bx, by) = plane.project(earth_centred(*a)), plane.project(earth_centred(*b))
    assert hypot(ax - bx, ay - by) == pytest.approx(geodesic_m(a, b), rel=3e-6, abs=1e-3)
