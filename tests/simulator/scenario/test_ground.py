import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.ground import bearing_deg, distance_m, moved, offset_m

lats = st.integers(-800_000_000, 800_000_000)
lons = st.integers(-1_800_000_000, 1_800_000_000)
metres = st.floats(-10_000, 10_000)


@given(lats, lons, metres, metres)
def test_a_move_and_its_measurement_agree(lat: int, lon: int, north: float, east: float) -> None:
    measured = offset_m((lat, lon), moved((lat, lon), north, east))
    assert measured == pytest.approx((north, east), abs=0.5)


@given(lats, lons, metres, metres)
def test_distances_are_karneys(lat: int, lon: int, north: float, east: float) -> None:
    there = moved((lat, lon), north, east)
    line = Geodesic.WGS84.Inverse(lat / 1e7, lon / 1e7, there[0] / 1e7, there[1] / 1e7)
    assert distance_m((lat, lon), there) == pytest.approx(line["s12"], rel=2e-5, abs=0.01)


def test_the_antimeridian_is_no_seam() -> None:
    west, east = (0, 1_799_999_000), (0, -1_799_999_000)
    assert distance_m(west, east) == pytest.approx(22.26, abs=0.01)
    assert moved(west, 0, 22.2639) == east
    assert bearing_deg(west, east) == 90
