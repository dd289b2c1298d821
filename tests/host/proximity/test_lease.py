"""Leases: a bracelet's is a step, never longer than allowed, and cannot be predicted.

Nor does it know more of where the protected person is than the cell of a grid.
"""

from itertools import pairwise
from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.proximity.geodesy import chord_m, earth_centred
from host.proximity.lease import (
    CELL_E7,
    CELL_RADIUS_M,
    STEPS_S,
    bracelet_lease_s,
    cell_of,
    lease_within_s,
    veil_m,
    victim_lease_s,
)
from host.registry.types import Zone
from protocol.contact import margin_s
from tests.host.proximity.pair import PLACE, Pair, shifted

SECRET = b"s" * 32
FLOOR_S = 5

allowances = st.floats(0, 700)
floors = st.integers(1, 700)


def draws(count: int) -> list[bytes]:
    return [n.to_bytes(4, "little") for n in range(count)]


@given(allowances)
def test_whoever_sleeps_as_long_as_may_be_is_missed_in_time_and_no_sooner(silent_s: float) -> None:
    lease_s = lease_within_s(silent_s)
    assert lease_s + margin_s(lease_s) <= silent_s + 1e-6
    longer_s = lease_s + 1
    assert longer_s + margin_s(longer_s) > silent_s


@given(allowances, floors)
def test_a_victims_lease_is_whole_seconds_within_what_is_allowed(
    allowance_s: float, floor_s: int
) -> None:
    lease_s = victim_lease_s(allowance_s, floor_s)
    assert lease_s >= floor_s
    assert lease_s == floor_s or allowance_s - 1 < lease_s <= allowance_s


@given(allowances, floors, st.sampled_from((0, 5, 30, 120, 600)), st.binary(max_size=8))
def test_a_bracelets_lease_is_a_step_or_its_floor_and_never_more_than_allowed(
    allowance_s: float, floor_s: int, last_s: int, draw: bytes
) -> None:
    lease_s = bracelet_lease_s(allowance_s, floor_s, last_s, SECRET, draw)
    assert lease_s in {floor_s, *STEPS_S} or lease_s == last_s > floor_s
    assert lease_s == floor_s or lease_s <= allowance_s


@pytest.mark.parametrize(
    ("allowance_s", "step_s"),
    [
        (0, 5),
        (29.999, 5),
        (30, 30),
        (119.999, 30),
        (120, 120),
        (599.999, 120),
        (600, 600),
        (1e9, 600),
    ],
)
def test_a_bracelets_lease_is_rounded_down(allowance_s: float, step_s: int) -> None:
    told = {bracelet_lease_s(allowance_s, FLOOR_S, 600, SECRET, draw) for draw in draws(50)}
    assert told == {step_s}


def test_a_longer_step_is_taken_by_a_coin_that_only_the_host_can_throw() -> None:
    def taken(secret: bytes) -> list[int]:
        return [bracelet_lease_s(130, FLOOR_S, 30, secret, draw) for draw in draws(400)]

    assert set(taken(SECRET)) == {30, 120}
    assert 160 < taken(SECRET).count(120) < 240
    assert taken(SECRET) == taken(SECRET)
    assert taken(SECRET) != taken(b"t" * 32)


def test_a_shorter_step_is_taken_at_once() -> None:
    for last_s, now_s in pairwise(STEPS_S):
        for draw in draws(20):
            assert bracelet_lease_s(now_s, FLOOR_S, last_s, SECRET, draw) == now_s


def test_an_unseen_distance_between_two_steps_shows_in_nothing() -> None:
    """Whatever is allowed between two steps, the sequence of leases is the same."""

    def sequence(allowance_s: float) -> list[int]:
        last_s, leases = FLOOR_S, []
        for draw in draws(40):
            last_s = bracelet_lease_s(allowance_s, FLOOR_S, last_s, SECRET, draw)
            leases.append(last_s)
        return leases

    assert sequence(30) == sequence(77.7) == sequence(119.9)
    assert sequence(120) == sequence(599)


# What is known of her place

latitudes = st.integers(-890_000_000, 890_000_000)
longitudes = st.integers(-1_800_000_000, 1_800_000_000)
parts = st.floats(0, 0.999)


@given(latitudes, longitudes, latitudes, longitudes)
def test_a_veiled_distance_is_never_longer_than_the_true_one(
    lat_e7: int, lon_e7: int, other_lat_e7: int, other_lon_e7: int
) -> None:
    seeker, hidden = earth_centred(lat_e7, lon_e7), earth_centred(other_lat_e7, other_lon_e7)
    veil = veil_m(chord_m(seeker, hidden), seeker, cell_of(other_lat_e7, other_lon_e7))
    assert 0 <= veil <= 2 * CELL_RADIUS_M


@given(latitudes, longitudes, parts, parts, parts, parts)
def test_it_is_the_same_from_anywhere_in_a_cell(
    lat_e7: int, lon_e7: int, north: float, east: float, other_north: float, other_east: float
) -> None:
    south_e7 = lat_e7 // CELL_E7 * CELL_E7
    width_e7 = int(CELL_E7 / max(0.01, cos(radians((south_e7 + CELL_E7 // 2) / 1e7)))) // 2 * 2
    west_e7 = lon_e7 // width_e7 * width_e7
    seeker = earth_centred(*shifted((south_e7, west_e7), 7000, 3000))
    told = []
    for up, right in ((north, east), (other_north, other_east)):
        hidden = south_e7 + int(up * CELL_E7), west_e7 + int(right * width_e7)
        distance_m = chord_m(seeker, earth_centred(*hidden))
        told.append(distance_m - veil_m(distance_m, seeker, cell_of(*hidden)))
    assert abs(told[0] - told[1]) < 1e-6


def test_who_stays_about_the_edge_of_a_cell_remains_in_it() -> None:
    seeker = earth_centred(146_000_000, -905_000_000)
    edge_e7 = 1_130 * CELL_E7
    cell, told = None, set()
    for metres in (-40, 30, -90, 100, -20, 90):
        hidden = shifted((edge_e7, -905_000_000), metres, 0)
        cell = cell_of(*hidden, cell)
        distance_m = chord_m(seeker, earth_centred(*hidden))
        veil = veil_m(distance_m, seeker, cell)
        assert 0 <= veil <= 2 * CELL_RADIUS_M
        told.add(round(distance_m - veil, 6))
    assert len(told) == 1
    assert cell_of(*shifted((edge_e7, -905_000_000), 200, 0), cell) != cell


def test_a_zone_that_is_not_disclosed_shows_in_no_lease() -> None:
    """Moved within its cell it grants the same; one that is disclosed is exact."""

    def granted(north_m: float, disclosed: bool) -> float:
        middle = (1_130 * CELL_E7 + CELL_E7 // 2, -905_000_000)
        place = shifted(middle, north_m, 0)
        zone = Zone("z", "school", (place,), radius_m=300, margin_m=100, disclosed=disclosed)
        pair = Pair(place=middle, zones=(zone,))
        pair.walks(0, -100_000)
        signals = pair.offends(0, 9000)
        assert signals
        return pair.state.allowance_s(pair.offender, pair.offender.contact_ms)

    assert granted(0, disclosed=False) == granted(400, disclosed=False)
    assert granted(0, disclosed=True) - granted(400, disclosed=True) == pytest.approx(10, abs=0.1)
    assert granted(400, disclosed=False) < granted(400, disclosed=True)


def test_a_bracelet_is_granted_less_for_it_and_her_own_unit_is_not() -> None:
    pair = Pair(place=(PLACE[0] // CELL_E7 * CELL_E7 + 10, PLACE[1]))
    pair.both(0, 9000)
    now_ms = pair.state.victims[0].contact_ms
    his, hers = (pair.state.allowance_s(one, now_ms) for one in (pair.offender, pair.victim))
    assert 0 < hers - his <= 2 * CELL_RADIUS_M / 80
