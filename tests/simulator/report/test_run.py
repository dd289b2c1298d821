"""What a report is drawn from is what the run was."""

import pytest

from simulator.report.moments import MOMENTS_MAX, moments_of
from simulator.report.run import DOWN, SAMPLES, Run, Trouble, Wearer, instant_ms, thinned
from simulator.scenario.ground import distance_m

START_MS = 1_772_460_000_000


def test_a_wearer_is_straight_between_steps_and_still_beyond_them() -> None:
    wearer = Wearer("B1", ("juan",), True, ((1000, 0, 1_799_999_990), (2000, 100, 1_800_000_010)))
    assert wearer.at(0) == (0, 1_799_999_990)
    assert wearer.at(1500) == (50, -1_800_000_000)
    assert wearer.at(3000) == (100, -1_799_999_990)


def test_the_true_distance_is_that_of_the_paths(run: Run) -> None:
    assert (run.start_ms, run.end_ms) == (START_MS, START_MS + 420_000)
    pair = next(one for one in run.closeness if one.cause == "victim:ana")
    he, she = run.wearers
    limits = (("pre_alert", 1000.0), ("alert", 500.0), ("breach", 100.0))
    assert pair.limits_at(START_MS) == limits
    for at_ms, metres in pair.samples[::97]:
        assert metres == pytest.approx(distance_m(he.at(at_ms), she.at(at_ms)), abs=0.5)
    assert pair.nearest[1] == pytest.approx(60, abs=1)
    assert {one.name for one in run.closeness} == {"ana", "school", "harbour"}


def test_troubles_are_the_faults_and_the_units_spells(run: Run) -> None:
    assert run.troubles == (
        Trouble("host_crash", "", START_MS + 100_000, START_MS + 104_000),
        Trouble("cut", "B1", START_MS + 30_000, START_MS + 80_000),
        Trouble("panic", "V1", START_MS + 300_000, None),
    )


def test_promises_are_the_hosts_and_end_with_it(run: Run) -> None:
    changes = run.promises["order1"]
    assert changes[0][1] == "unassured"
    down = changes.index((START_MS + 100_000, DOWN))
    assert changes[down + 1] == (START_MS + 104_000, changes[down - 1][1])
    for event in run.of("assurance", "order1"):  # what is told holds, perhaps for a while already
        stood = [condition for at_ms, condition in changes if at_ms <= instant_ms(event)]
        assert stood[-1] == event["to"]
    assert all(until_ms == 0 or until_ms > at_ms for at_ms, until_ms in run.assured["order1"])


def test_moments_are_the_rises_and_the_losses(run: Run) -> None:
    moments = moments_of(run)
    assert [moment.number for moment in moments] == list(range(1, len(moments) + 1))
    assert [moment.at_ms for moment in moments] == sorted(moment.at_ms for moment in moments)
    assert {"pre_alert", "alert", "breach", "unassured"} == {moment.kind for moment in moments}
    assert all(moment.event["type"] in ("transition", "assurance") for moment in moments)
    assert len(moments) <= MOMENTS_MAX


def test_of_a_long_run_the_nearest_of_each_pixel_stays() -> None:
    samples = [(at_ms, 5000.0) for at_ms in range(0, 1_200_000, 100)]
    samples[777] = (77_700, 12.0)
    kept = list(thinned(samples, 0, 1_200_000))
    assert len(kept) <= 2 * SAMPLES
    assert min(metres for _, metres in kept) == 12.0
    assert kept == sorted(kept)
