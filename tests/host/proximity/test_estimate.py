"""The estimate's probabilities, held against scipy's noncentral chi-squared distribution."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import chndtr
from scipy.stats import norm

from host.proximity.estimate import (
    ENTER_PROBABILITY,
    LEAVE_PROBABILITY,
    entered,
    left,
    probability_within,
    sigma_m,
)

ERROR = 2e-6
# Of a fix and of a limit, from a kerb to a cell of the telephone network.
distances_m = st.floats(0, 20_000)
limits_m = st.floats(1, 10_000)
sigmas_m = st.floats(0.1, 3_000)


def rice(distance_m: float, limit_m: float, sigma: float) -> float:
    """P(true distance <= limit): the square of a Rice variable is noncentral chi-squared."""
    return float(chndtr((limit_m / sigma) ** 2, 2, (distance_m / sigma) ** 2))


@pytest.mark.parametrize("sigmas", [0, 0.01, 0.5, 1, 2, 3.75, 5, 10, 50, 1000])
def test_against_scipy_on_a_grid(sigmas: float) -> None:
    near = [sigmas + step / 2 for step in range(-18, 19) if sigmas + step / 2 >= 0]
    for limit_sigmas in (*near, 0.01, 0.1, 1, 5, 20):
        expected = rice(sigmas, limit_sigmas, 1)
        assert probability_within(sigmas, limit_sigmas, 1) == pytest.approx(expected, abs=ERROR)


@given(distances_m, limits_m, sigmas_m)
def test_against_scipy_anywhere(distance_m: float, limit_m: float, sigma: float) -> None:
    if max(distance_m, limit_m) > 3000 * sigma:  # beyond what chndtr can do
        expected = float(norm.cdf((limit_m - distance_m) / sigma))
        assert probability_within(distance_m, limit_m, sigma) == pytest.approx(expected, abs=1e-3)
    else:
        expected = rice(distance_m, limit_m, sigma)
        assert probability_within(distance_m, limit_m, sigma) == pytest.approx(expected, abs=ERROR)


@given(distances_m, limits_m, sigmas_m, st.floats(1, 2))
def test_farther_is_less_probable_and_wider_more(
    distance_m: float, limit_m: float, sigma: float, factor: float
) -> None:
    probability = probability_within(distance_m, limit_m, sigma)
    assert 0 <= probability <= 1
    assert probability_within(distance_m * factor, limit_m, sigma) <= probability + ERROR
    assert probability_within(distance_m, limit_m * factor, sigma) >= probability - ERROR


def test_exact_positions_leave_no_doubt() -> None:
    assert probability_within(500, 500, 0) == 1
    assert probability_within(500.001, 500, 0) == 0


def test_sigma_of_two_fixes() -> None:
    # Half of all errors of one axis lie within 0.6745 sigmas, 95 % of both within 2.4477.
    assert sigma_m(2.4477, 0) == pytest.approx(1)
    assert sigma_m(0, 24.477) == pytest.approx(10)
    assert sigma_m(3, 4) == pytest.approx(sigma_m(5, 0))
    assert rice(0, 2.4477, 1) == pytest.approx(0.95, abs=1e-5)


@given(distances_m, limits_m, sigmas_m)
def test_entered_by_distance_or_by_probability(
    distance_m: float, limit_m: float, sigma: float
) -> None:
    rule = entered(distance_m, limit_m, sigma)
    probability = probability_within(distance_m, limit_m, sigma)
    if distance_m <= limit_m:
        assert rule == "distance"
    elif probability > ENTER_PROBABILITY + ERROR:
        assert rule == "probability"
    elif probability < ENTER_PROBABILITY - ERROR:
        assert rule == ""


@given(distances_m, limits_m, sigmas_m)
def test_left_only_when_95_percent_sure_to_be_well_beyond(
    distance_m: float, limit_m: float, sigma: float
) -> None:
    widened_m = limit_m + max(50, 0.1 * limit_m)
    probability = probability_within(distance_m, widened_m, sigma)
    if abs(probability - LEAVE_PROBABILITY) > ERROR:
        sure = probability < LEAVE_PROBABILITY and distance_m > widened_m
        assert left(distance_m, limit_m, sigma) == sure


@given(distances_m, limits_m, sigmas_m, st.booleans())
def test_nothing_enters_and_leaves_at_once(
    distance_m: float, limit_m: float, sigma: float, straight: bool
) -> None:
    if left(distance_m, limit_m, sigma, straight):
        assert not entered(distance_m, limit_m, sigma, straight)


@given(distances_m, limits_m, sigmas_m)
def test_an_edge_is_taken_as_a_half_plane_which_is_never_less_probable(
    distance_m: float, limit_m: float, sigma: float
) -> None:
    half_plane = float(norm.cdf((limit_m - distance_m) / sigma))
    assert half_plane >= probability_within(distance_m, limit_m, sigma) - ERROR
    if abs(half_plane - ENTER_PROBABILITY) > ERROR and distance_m > limit_m:
        straight = entered(distance_m, limit_m, sigma, straight=True)
        assert bool(straight) == (half_plane > ENTER_PROBABILITY)
    if entered(distance_m, limit_m, sigma):
        assert entered(distance_m, limit_m, sigma, straight=True)
    if left(distance_m, limit_m, sigma, straight=True):
        assert left(distance_m, limit_m, sigma)


def test_a_coarse_fix_enters_by_distance_and_is_never_sure_to_be_outside() -> None:
    cell_m = sigma_m(2000, 10)
    assert entered(500, 500, cell_m) == "distance"
    assert not entered(600, 500, cell_m)  # a rule on probability alone would never fire
    assert not left(600, 500, cell_m)
    assert not left(100, 100, cell_m)


def test_boundaries_of_leaving() -> None:
    for limit_m, widened_m in ((100.0, 150.0), (500.0, 550.0), (1000.0, 1100.0)):
        assert not left(widened_m, limit_m, 0)
        assert left(widened_m + 0.001, limit_m, 0)
    for distance_m, sigma in product((0.0, 100.0, 550.0), (0.0, 1.0, 50.0)):
        assert not left(distance_m, 500, sigma)
