"""Leases: a bracelet's is a step, never longer than allowed, and cannot be predicted."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.proximity.lease import STEPS_S, bracelet_lease_s, victim_lease_s

SECRET = b"s" * 32
FLOOR_S = 5

allowances = st.floats(0, 700)
floors = st.integers(1, 700)


def draws(count: int) -> list[bytes]:
    return [n.to_bytes(4, "little") for n in range(count)]


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
