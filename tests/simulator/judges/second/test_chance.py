"""The chance of being within a distance, held against scipy's Rice distribution."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, rice

from simulator.judges.second.chance import at_one_place, beyond_edge, sigma_m, within


@given(st.floats(10, 3000), st.floats(0, 5000), st.floats(1, 1500))
def test_it_is_rices(limit_m: float, apart_m: float, sigma: float) -> None:
    exact = rice.cdf(limit_m / sigma, apart_m / sigma)
    assert within(limit_m, apart_m, sigma) == pytest.approx(exact, abs=1e-4)


@given(st.floats(10, 3000), st.floats(1, 1500))
def test_at_one_place_it_is_the_same(limit_m: float, sigma: float) -> None:
    assert at_one_place(limit_m, sigma) == pytest.approx(within(limit_m, 0, sigma), abs=1e-4)


def test_without_scatter_it_is_certain() -> None:
    assert (within(500, 500, 0), within(500, 500.1, 0), beyond_edge(0, 0)) == (1, 0, 1)


@given(st.floats(-100, 100), st.floats(1, 100))
def test_beyond_a_straight_edge_it_is_normal(past_m: float, sigma: float) -> None:
    assert beyond_edge(past_m, sigma) == pytest.approx(norm.sf(past_m / sigma), abs=1e-9)


def test_two_scatters_add_up() -> None:
    assert sigma_m(2.4477 * 3, 2.4477 * 4) == pytest.approx(5)
