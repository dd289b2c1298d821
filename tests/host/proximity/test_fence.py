"""Zones, held against geodesics sampled densely."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.proximity.fence import Fence
from host.proximity.geodesy import Vector, earth_centred
from host.registry.types import Zone
from tests.host.proximity.karney import (
    NOTABLE,
    Point,
    azimuths,
    between,
    beyond,
    encloses,
    geodesic_m,
    points,
    to_way_m,
)

GUATEMALA = NOTABLE[1]


def at(point: Point) -> Vector:
    return earth_centred(*point)


def zone(*ring: Point, radius_m: int = 0, holes: tuple[tuple[Point, ...], ...] = ()) -> Fence:
    return Fence(Zone("z", "zone", ring, radius_m, holes))


def square(middle: Point, half_m: float) -> tuple[Point, ...]:
    """Corners to the north-east, south-east, south-west and north-west."""
    return tuple(beyond(middle, azimuth, half_m * 2**0.5) for azimuth in (45, 135, 225, 315))


@given(points, azimuths, st.floats(0, 5e4), st.integers(10, 5000))
def test_a_circle(middle: Point, azimuth: float, distance_m: float, radius_m: int) -> None:
    point = beyond(middle, azimuth, distance_m)
    expected_m = max(0.0, geodesic_m(middle, point) - radius_m)
    assert zone(middle, radius_m=radius_m).distance_m(at(point)) == pytest.approx(
        expected_m, abs=0.2
    )


@given(
    middle=points,
    radii_m=st.lists(st.floats(20, 3000), min_size=3, max_size=7),
    azimuth=azimuths,
    distance_m=st.floats(0, 6000),
)
@settings(max_examples=40)
def test_a_polygon(middle: Point, radii_m: list[float], azimuth: float, distance_m: float) -> None:
    ring = tuple(
        beyond(middle, 360 * i / len(radii_m), radius_m) for i, radius_m in enumerate(radii_m)
    )
    point = beyond(middle, azimuth, distance_m)
    edges = zip(ring, (*ring[1:], ring[0]))
    to_edge_m = min(to_way_m(point, a, b) for a, b in edges)
    measured_m = zone(*ring).distance_m(at(point))
    if to_edge_m < 0.5:
        assert measured_m < 1
    else:
        expected_m = 0.0 if encloses(ring, point) else to_edge_m
        assert measured_m == pytest.approx(expected_m, abs=0.2)


@pytest.mark.parametrize("middle", NOTABLE)
def test_no_place_is_special(middle: Point) -> None:
    fence = zone(*square(middle, 300))
    assert fence.distance_m(at(middle)) == 0
    for azimuth in range(0, 360, 30):
        assert fence.distance_m(at(beyond(middle, azimuth, 299))) == 0
        assert 50 < fence.distance_m(at(beyond(middle, azimuth, 500))) < 201


def test_a_hole_is_outside() -> None:
    fence = zone(*square(GUATEMALA, 500), holes=(square(GUATEMALA, 200),))
    assert fence.distance_m(at(GUATEMALA)) == pytest.approx(200, abs=0.1)
    assert fence.distance_m(at(beyond(GUATEMALA, 90, 350))) == 0
    assert fence.distance_m(at(beyond(GUATEMALA, 90, 600))) == pytest.approx(100, abs=0.1)


def test_a_hole_that_reaches_out_adds_nothing() -> None:
    hole = square(beyond(GUATEMALA, 90, 500), 100)
    fence = zone(*square(GUATEMALA, 500), holes=(hole,))
    assert fence.distance_m(at(beyond(GUATEMALA, 90, 550))) > 40
    assert fence.distance_m(at(beyond(GUATEMALA, 90, 450))) == pytest.approx(50, abs=0.1)
    assert fence.distance_m(at(beyond(GUATEMALA, 270, 450))) == 0


def test_a_bow_tie_is_its_two_wings() -> None:
    north_east, south_east, south_west, north_west = square(GUATEMALA, 500)
    fence = zone(north_east, south_west, south_east, north_west)
    assert fence.distance_m(at(beyond(GUATEMALA, 0, 400))) == 0
    assert fence.distance_m(at(beyond(GUATEMALA, 180, 400))) == 0
    assert fence.distance_m(at(beyond(GUATEMALA, 90, 400))) > 200


def test_what_a_ring_goes_round_twice_is_inside() -> None:
    star = [beyond(GUATEMALA, 144 * i, 500) for i in range(5)]
    fence = zone(*star)
    assert fence.distance_m(at(GUATEMALA)) == 0
    assert fence.distance_m(at(beyond(GUATEMALA, 0, 400))) == 0
    assert fence.distance_m(at(beyond(GUATEMALA, 36, 400))) > 50


@pytest.mark.parametrize("corners", [3, 8, 40])
def test_orientation_and_closing_do_not_matter(corners: int) -> None:
    ring = [beyond(GUATEMALA, 360 * i / corners, 500) for i in range(corners)]
    point = at(beyond(GUATEMALA, 100, 700))
    expected_m = zone(*ring).distance_m(point)
    assert zone(*reversed(ring)).distance_m(point) == pytest.approx(expected_m, abs=1e-3)
    assert zone(*ring, ring[0]).distance_m(point) == pytest.approx(expected_m, abs=1e-3)


def test_a_tiny_zone_and_one_without_area_are_still_places() -> None:
    point = at(beyond(GUATEMALA, 90, 100))
    assert zone(*square(GUATEMALA, 0.5)).distance_m(point) == pytest.approx(99.5, abs=0.1)
    assert zone(GUATEMALA, GUATEMALA, GUATEMALA).distance_m(point) == pytest.approx(100, abs=0.1)
    flat = (GUATEMALA, beyond(GUATEMALA, 0, 50), beyond(GUATEMALA, 0, 100))
    assert zone(*flat).distance_m(point) == pytest.approx(100, abs=0.1)


@given(azimuths, st.floats(6e4, 1.8e7))
def test_far_away_it_is_a_lower_bound(azimuth: float, reach_m: float) -> None:
    ring = square(GUATEMALA, 3000)
    point = beyond(GUATEMALA, azimuth, reach_m)
    distance_m = zone(*ring).distance_m(at(point))
    assert 0 < distance_m <= min(geodesic_m(point, corner) for corner in ring)


@given(
    start=st.tuples(azimuths, st.floats(0, 2500)),
    end=st.tuples(azimuths, st.floats(0, 2500)),
    round_one=st.booleans(),
)
@settings(max_examples=40)
def test_a_leg_against_dense_samples(
    start: tuple[float, float], end: tuple[float, float], round_one: bool
) -> None:
    fence = zone(GUATEMALA, radius_m=400) if round_one else zone(*square(GUATEMALA, 400))
    first, last = beyond(GUATEMALA, *start), beyond(GUATEMALA, *end)
    samples = 200
    dense_m = min(fence.distance_m(at(point)) for point in between(first, last, samples))
    nearest_m = fence.nearest_m(at(first), at(last))
    assert nearest_m <= dense_m + 0.05
    assert nearest_m >= dense_m - geodesic_m(first, last) / samples / 2 - 0.05


@pytest.mark.parametrize("middle", NOTABLE)
def test_a_leg_that_crosses_between_two_fixes_outside(middle: Point) -> None:
    for azimuth in (0.0, 90.0, 200.0):
        start, end = at(beyond(middle, azimuth, 900)), at(beyond(middle, azimuth + 180, 900))
        for fence in (zone(middle, radius_m=300), zone(*square(middle, 300))):
            assert fence.distance_m(start) > 0 < fence.distance_m(end)
            assert fence.nearest_m(start, end) == 0


def test_a_leg_within_a_hole_crosses_nothing() -> None:
    fence = zone(*square(GUATEMALA, 500), holes=(square(GUATEMALA, 200),))
    start, end = at(beyond(GUATEMALA, 0, 100)), at(beyond(GUATEMALA, 180, 100))
    assert fence.nearest_m(start, end) == pytest.approx(100, abs=0.1)
    assert fence.nearest_m(start, at(beyond(GUATEMALA, 90, 700))) == 0


def test_a_leg_of_no_length_is_a_point() -> None:
    point = at(beyond(GUATEMALA, 30, 1000))
    for fence in (zone(GUATEMALA, radius_m=400), zone(*square(GUATEMALA, 400))):
        assert fence.nearest_m(point, point) == pytest.approx(fence.distance_m(point), abs=1e-3)


def test_a_leg_far_away_is_as_near_as_its_nearer_end() -> None:
    fence = zone(*square(GUATEMALA, 400))
    near, far = at(beyond(GUATEMALA, 90, 60_000)), at(beyond(GUATEMALA, 90, 61_000))
    assert fence.nearest_m(far, near) == fence.distance_m(near)


def test_a_zone_of_a_whole_district() -> None:
    """100 km across: the flat plane is still within a metre in a thousand, on the safe side."""
    ring = square(GUATEMALA, 50_000)
    fence = zone(*ring)
    point = beyond(GUATEMALA, 90, 51_000)
    expected_m = to_way_m(point, ring[0], ring[1])
    assert fence.distance_m(at(point)) == pytest.approx(expected_m, abs=1)
