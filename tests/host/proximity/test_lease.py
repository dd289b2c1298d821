"""What a bracelet's lease may know of the protected person: the cell in which she is, no more."""

from math import cos, radians

from hypothesis import given
from hypothesis import strategies as st

from host.proximity.geodesy import chord_m
from host.proximity.lease import CELL_E7, CELL_RADIUS_M, veil_m
from host.proximity.track import make_fix
from host.proximity.types import Fix
from tests.host.proximity.pair import PLACE, Pair, shifted

latitudes = st.integers(-890_000_000, 890_000_000)
longitudes = st.integers(-1_800_000_000, 1_800_000_000)
parts = st.floats(0, 0.999)


def at(lat_e7: int, lon_e7: int) -> Fix:
    return make_fix("unit", 1, 0, lat_e7, lon_e7, 5.0)


@given(latitudes, longitudes, latitudes, longitudes)
def test_a_veiled_distance_is_never_longer_than_the_true_one(
    lat_e7: int, lon_e7: int, other_lat_e7: int, other_lon_e7: int
) -> None:
    veil = veil_m(at(lat_e7, lon_e7), at(other_lat_e7, other_lon_e7))
    assert 0 <= veil <= 2 * CELL_RADIUS_M


@given(latitudes, longitudes, parts, parts, parts, parts)
def test_it_is_the_same_from_anywhere_in_a_cell(
    lat_e7: int, lon_e7: int, north: float, east: float, other_north: float, other_east: float
) -> None:
    south_e7 = lat_e7 // CELL_E7 * CELL_E7
    width_e7 = int(CELL_E7 / max(0.01, cos(radians((south_e7 + CELL_E7 // 2) / 1e7))))
    west_e7 = lon_e7 // width_e7 * width_e7
    seeker = at(*shifted((south_e7, west_e7), 7000, 3000))
    told = []
    for up, right in ((north, east), (other_north, other_east)):
        hidden = at(south_e7 + int(up * CELL_E7), west_e7 + int(right * width_e7))
        told.append(chord_m(seeker[5:8], hidden[5:8]) - veil_m(seeker, hidden))
    assert abs(told[0] - told[1]) < 1e-6


def test_a_bracelet_is_granted_less_for_it_and_her_own_unit_is_not() -> None:
    pair = Pair(place=(PLACE[0] // CELL_E7 * CELL_E7 + 10, PLACE[1]))
    pair.both(0, 9000)
    now_ms = pair.state.victims[0].contact_ms
    his, hers = (pair.state.allowance_s(one, now_ms) for one in (pair.offender, pair.victim))
    assert 0 < hers - his <= 2 * CELL_RADIUS_M / 80


# What is known of her place

latitudes = st.integers(-890_000_000, 890_000_000)
longitudes = st.integers(-1_800_000_000, 1_800_000_000)
parts = st.floats(0, 0.999)


def at(lat_e7: int, lon_e7: int) -> Fix:
    return make_fix("unit", 1, 0, lat_e7, lon_e7, 5.0)


@given(latitudes, longitudes, latitudes, longitudes)
def test_a_veiled_distance_is_never_longer_than_the_true_one(
    lat_e7: int, lon_e7: int, other_lat_e7: int, other_lon_e7: int
) -> None:
    veil = veil_m(at(lat_e7, lon_e7), at(other_lat_e7, other_lon_e7))
    assert 0 <= veil <= 2 * CELL_RADIUS_M


@given(latitudes, longitudes, parts, parts, parts, parts)
def test_it_is_the_same_from_anywhere_in_a_cell(
    lat_e7: int, lon_e7: int, north: float, east: float, other_north: float, other_east: float
) -> None:
    south_e7 = lat_e7 // CELL_E7 * CELL_E7
    width_e7 = int(CELL_E7 / max(0.01, cos(radians((south_e7 + CELL_E7 // 2) / 1e7))))
    west_e7 = lon_e7 // width_e7 * width_e7
    seeker = at(*shifted((south_e7, west_e7), 7000, 3000))
    told = []
    for up, right in ((north, east), (other_north, other_east)):
        hidden = at(south_e7 + int(up * CELL_E7), west_e7 + int(right * width_e7))
        told.append(chord_m(seeker[5:8], hidden[5:8]) - veil_m(seeker, hidden))
    assert abs(told[0] - told[1]) < 1e-6


def test_a_bracelet_is_granted_less_for_it_and_her_own_unit_is_not() -> None:
    pair = Pair(place=(PLACE[0] // CELL_E7 * CELL_E7 + 10, PLACE[1]))
    pair.both(0, 9000)
    now_ms = pair.state.victims[0].contact_ms
    his, hers = (pair.state.allowance_s(one, now_ms) for one in (pair.offender, pair.victim))
    assert 0 < hers - his <= 2 * CELL_RADIUS_M / 80
