from itertools import pairwise

import pytest

from simulator.report.axis import NEAREST_M, DistanceAxis, TimeAxis

T0_MS = 1_772_460_000_000  # 14:00:00


@pytest.mark.parametrize(
    ("span_s", "first", "step_ms"),
    [
        (10, "14:00:00", 1000),
        (900, "14:00", 60_000),
        (7 * 3600, "14:00", 1_800_000),
        (5 * 86_400, "00:00", 12 * 3_600_000),
        (400 * 86_400, "00:00", 96 * 3_600_000),
    ],
)
def test_times_are_round_and_as_many_as_there_is_room_for(
    span_s: int, first: str, step_ms: int
) -> None:
    axis = TimeAxis(T0_MS, T0_MS + span_s * 1000, 50, 1050)
    ticks = axis.ticks(60)
    assert ticks[0][1] == first
    assert {later[0] - at[0] for at, later in pairwise(ticks)} == {step_ms}
    assert all(50 <= axis.x(at_ms) <= 1050 for at_ms, _ in ticks)


def test_what_is_outside_of_the_time_is_at_its_end() -> None:
    axis = TimeAxis(0, 100, 10, 20)
    assert [axis.x(at_ms) for at_ms in (-5, 0, 50, 100, 105)] == [10, 10, 15, 20, 20]
    assert TimeAxis(5, 5, 10, 20).x(5) == 10  # a run of no length


def test_distances_are_logarithmic_and_never_off_the_chart() -> None:
    axis = DistanceAxis(10_000, 0, 240)
    assert axis.y(0) == axis.y(NEAREST_M) == 240
    assert axis.y(10) - axis.y(100) == pytest.approx(axis.y(100) - axis.y(1000))
    assert axis.y(1e9) == 0
    assert axis.ticks()[:4] == [10, 20, 50, 100]
    assert DistanceAxis(1e6, 0, 100).ticks()[:3] == [10, 100, 1000]
