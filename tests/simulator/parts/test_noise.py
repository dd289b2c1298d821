from itertools import pairwise
from math import sqrt
from statistics import pstdev

import pytest

from simulator.parts.noise import Noise
from simulator.scenario.ground import distance_m, offset_m
from simulator.scenario.schema.faults import ClockError, Jump
from simulator.scenario.schema.units import Coarse, Gnss
from simulator.scenario.schema.words import Spell

TRUTH = (146_000_000, -905_000_000)


def _noise(*faults: Jump | ClockError, unit: str = "B1", seed: int = 1, **gnss: object) -> Noise:
    return Noise(seed, unit, Gnss.model_construct(**{**Gnss().__dict__, **gnss}), faults, 0)


def _norths(noise: Noise, count: int) -> list[float]:
    sights = [noise.see(TRUTH, second * 1000) for second in range(count)]
    return [offset_m(TRUTH, sight.spot)[0] for sight in sights if sight is not None]


def test_errors_have_the_size_that_they_should_and_wander() -> None:
    norths = _norths(_noise(sigma_m=5.0, correlation_s=10.0), 4000)
    assert pstdev(norths) == pytest.approx(5, rel=0.15)
    steps = pstdev(later - earlier for earlier, later in pairwise(norths))
    assert steps == pytest.approx(5 * sqrt(2 * (1 - 0.905)), rel=0.1)


def test_the_same_seed_gives_the_same_and_another_unit_or_seed_does_not() -> None:
    assert _norths(_noise(), 5) == _norths(_noise(), 5)
    assert _norths(_noise(), 5) != _norths(_noise(unit="V1"), 5)
    assert _norths(_noise(), 5) != _norths(_noise(seed=2), 5)


def test_accuracy_is_what_is_true_unless_the_scenario_says_otherwise() -> None:
    honest, lying = _noise(sigma_m=4.0), _noise(sigma_m=4.0, accuracy_m=1.5)
    for noise, accuracy_m in ((honest, 9.8), (lying, 1.5)):
        sight = noise.see(TRUTH, 0)
        assert sight is not None
        assert sight.accuracy_m == pytest.approx(accuracy_m, abs=0.01)


def test_dropouts_and_coarse_spells_have_their_times() -> None:
    noise = _noise(
        dropouts=(Spell(from_s=10, until_s=20),),
        coarse=(Coarse(from_s=20, until_s=30, sigma_m=100, accuracy_m=300),),
    )
    assert noise.see(TRUTH, 9_999) is not None
    assert noise.see(TRUTH, 10_000) is noise.see(TRUTH, 19_999) is None
    coarse, fine = noise.see(TRUTH, 20_000), noise.see(TRUTH, 30_000)
    assert coarse is not None
    assert fine is not None
    assert coarse.accuracy_m == 300
    assert fine.accuracy_m == pytest.approx(4.9, abs=0.01)


def test_faults_move_place_and_time_while_they_last() -> None:
    jump = Jump(fault="jump", at_s=10, for_s=5, unit="B1", north_m=3000)
    clock = ClockError(fault="clock_error", at_s=10, for_s=5, unit="B1", by_s=-60)
    noise = _noise(jump, clock)
    sights = [noise.see(TRUTH, ms) for ms in (9_000, 10_000, 15_000)]
    away = [distance_m(TRUTH, sight.spot) > 2900 for sight in sights if sight is not None]
    assert away == [False, True, False]
    assert [sight.clock_error_ms for sight in sights if sight is not None] == [0, -60_000, 0]
    other = _noise(jump, unit="V1").see(TRUTH, 10_000)
    assert other is not None
    assert distance_m(TRUTH, other.spot) < 100
