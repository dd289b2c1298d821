"""Distances and directions, held against Karney's geodesics, which are exact to nanometres."""

from math import degrees, hypot, pi

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from simulator.judges.second.earth import Spot, distance_m, nearest_m, seen_from, way

spots = st.tuples(
    st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000)
)


def exact(one: Spot, other: Spot) -> tuple[float, float]:
    line = Geodesic.WGS84.Inverse(one[0] / 1e7, one[1] / 1e7, other[0] / 1e7, other[1] / 1e7)
    return line["s12"], line["azi1"]


@given(spots, st.integers(-5_000_000, 5_000_000), st.integers(-5_000_000, 5_000_000))
def test_it_is_exact_to_a_millimetre_at_the_distances_that_matter(
    start: Spot, north: int, east: int
) -> None:
    end = max(-900_000_000, min(900_000_000, start[0] + north)), start[1] + east
    far_m, azimuth_deg = exact(start, end)
    metres, azimuth = way(start, end)
    assert metres == pytest.approx(far_m, abs=0.001)
    turned = (degrees(azimuth) - azimuth_deg + 180) % 360 - 180
    assert far_m * abs(turned) * pi / 180 < 0.01


@given(spots, spots)
def test_it_never_fails(one: Spot, other: Spot) -> None:
    far_m, _ = exact(one, other)
    assert distance_m(one, other) == pytest.approx(far_m, rel=0.01, abs=0.001)


def test_the_shorter_way_round_is_taken() -> None:
    assert distance_m((0, 1_799_999_000), (0, -1_799_999_000)) == pytest.approx(22.264, abs=0.001)


def test_a_place_is_seen_in_its_direction() -> None:
    north_m, east_m = seen_from((0, 0), (0, 100_000))
    assert (round(north_m, 6), round(east_m)) == (0, 1113)


@pytest.mark.parametrize(
    ("start", "end", "near_m"),
    [
        ((-10.0, 5.0), (10.0, 5.0), 5.0),
        ((3.0, 4.0), (6.0, 8.0), 5.0),
        ((3.0, 4.0), (3.0, 4.0), hypot(3, 4)),
    ],
)
def test_the_nearest_point_of_a_way(
    start: tuple[float, float], end: tuple[float, float], near_m: float
) -> None:
    assert nearest_m(start, end) == near_m
