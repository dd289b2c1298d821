"""One watch: every rule of entering and leaving a level, case by case, and its laws."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.proximity.cause import VictimCause, ZoneCause
from host.proximity.fence import Fence
from host.proximity.levels import Limits, Measured, Nearness
from host.proximity.track import Track
from host.proximity.types import Level
from host.registry.types import Order, Zone

LIMITS = Limits(float("inf"), 1000, 500, 100)
CLEAR, PRE_ALERT, ALERT, BREACH = Level


def seen(at_s: float, distance_m: float, **terms: Any) -> Measured:
    given_terms = {
        "start_m": distance_m,
        "nearest_m": distance_m,
        "sigma_m": 1.0,
        "fresh": True,
        "ceiling": BREACH,
        **terms,
    }
    return Measured(round(at_s * 1000), distance_m, **given_terms)


def new_watch(level: Level = CLEAR) -> Nearness:
    watch = Nearness("victim:ana", LIMITS)
    if level is not CLEAR:
        watch.move(level)
    return watch


def told(watch: Nearness, *measured: Measured) -> list[tuple[float, str, str]]:
    """(second, level, rule) of each change."""
    changes = []
    for one in measured:
        change = watch.observe([one])
        if change is not None:
            watch.move(change[0])
            changes.append((one.at_ms / 1000, str(change[0]), change[1]))
    return changes


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (seen(0, 1000), ("pre_alert", "distance")),
        (seen(0, 500), ("alert", "distance")),
        (seen(0, 100), ("breach", "distance")),
        (seen(0, 0), ("breach", "distance")),
        (seen(0, 1000.1), ("pre_alert", "probability")),
        (seen(0, 1002), None),
        (seen(0, 5000, sigma_m=2000), None),
        (seen(0, 2000, sigma_m=2000), None),
        (seen(0, 600, sigma_m=400), ("alert", "probability")),
        (seen(0, 5000, nearest_m=99), ("breach", "swept")),
        (seen(0, 700, nearest_m=450), ("alert", "swept")),
        (seen(0, 50, ceiling=PRE_ALERT), ("pre_alert", "distance")),
        (seen(0, 50, fresh=False), ("breach", "distance")),
        (seen(0, 1000.6, straight=True), ("pre_alert", "probability")),
        (seen(0, 1000.7, straight=True), None),
    ],
)
def test_a_level_is_entered_at_the_first_measurement_that_shows_it(
    measured: Measured, expected: tuple[str, str] | None
) -> None:
    changes = told(new_watch(), measured)
    assert [(level, rule) for _, level, rule in changes] == ([expected] if expected else [])


def test_leaving_takes_three_fixes_over_two_minutes() -> None:
    assert told(new_watch(ALERT), *(seen(s, 3000) for s in (0, 119.999))) == []
    assert told(new_watch(ALERT), *(seen(s, 3000) for s in (0, 120))) == []
    assert told(new_watch(ALERT), *(seen(s, 3000) for s in (0, 60, 119.999))) == []
    assert told(new_watch(ALERT), *(seen(s, 3000) for s in (0, 60, 120))) == [
        (120, "clear", "evidence")
    ]


@pytest.mark.parametrize(
    ("distance_m", "leaves"),
    [(551, False), (553, True), (499, False), (1000, True)],
)
def test_leaving_an_alert_takes_the_limit_and_a_tenth_or_50_m(
    distance_m: float, leaves: bool
) -> None:
    changes = told(new_watch(ALERT), *(seen(s, distance_m) for s in range(0, 200, 20)))
    assert [level for _, level, _ in changes] == (["pre_alert"] if leaves else [])


def test_levels_are_left_one_by_one_as_far_as_the_evidence_goes() -> None:
    watch = new_watch(BREACH)
    near = [seen(s, 300) for s in range(0, 130, 30)]
    far = [seen(s, 700) for s in range(130, 260, 30)]
    off = [seen(s, 2000) for s in range(260, 400, 30)]
    assert told(watch, *near, *far, *off) == [
        (120, "alert", "evidence"),
        (250, "pre_alert", "evidence"),
        (380, "clear", "evidence"),
    ]


def test_what_is_not_fresh_counts_neither_for_nor_against() -> None:
    stale = [seen(s, 300, fresh=False) for s in (30, 90)]
    assert told(new_watch(ALERT), seen(0, 3000), stale[0], seen(60, 3000), stale[1]) == []
    watch = new_watch(ALERT)
    assert told(watch, seen(0, 3000), stale[0], seen(60, 3000), stale[1], seen(120, 3000)) == [
        (120, "clear", "evidence")
    ]
    assert told(new_watch(ALERT), *(seen(s, 3000, fresh=False) for s in range(0, 999, 9))) == []


def test_one_that_fails_starts_the_count_anew() -> None:
    assert (
        told(
            new_watch(ALERT),
            seen(0, 3000),
            seen(100, 400),
            *(seen(s, 3000) for s in (101, 160, 220)),
        )
        == []
    )
    assert told(
        new_watch(ALERT), seen(0, 3000), seen(100, 400), *(seen(s, 3000) for s in (101, 160, 221))
    ) == [(221, "clear", "evidence")]


def test_crossing_the_circle_between_two_fixes_starts_the_count_anew() -> None:
    watch = new_watch(ALERT)
    crossed = [seen(0, 3000), seen(60, 3000), seen(120, 3000, nearest_m=450)]
    assert told(watch, *crossed) == []
    # The way out of it is no crossing.
    assert told(
        new_watch(ALERT), seen(0, 3000, nearest_m=450), seen(60, 3000), seen(120, 3000)
    ) == [(120, "clear", "evidence")]


def test_what_the_way_to_a_position_shows_is_not_left_by_it() -> None:
    """Though it began within the alert distance, and is no crossing of that, he met her on it."""
    watch = new_watch(BREACH)
    told(watch, seen(0, 700), seen(60, 700))
    assert told(watch, seen(130, 700, start_m=150, nearest_m=0)) == []
    assert told(watch, seen(135, 700)) == [(135, "pre_alert", "evidence")]


def test_a_rise_counts_and_forgets_the_evidence() -> None:
    watch = new_watch(PRE_ALERT)
    assert told(watch, seen(0, 3000), seen(60, 3000), seen(90, 50)) == [(90, "breach", "distance")]
    assert watch.rise == 2
    assert told(watch, seen(120, 3000), seen(180, 3000)) == []
    assert watch.rise == 2


def test_limits_come_from_the_order_and_the_zones_edge() -> None:
    order = Order("O1", 1, "juan", ("ana",), alert_m=600, pre_alert_m=900, contact_m=50)
    assert VictimCause(order, "she", Track()).limits[1:] == (900, 600, 50)
    zone = Zone("z", "school", ((0, 1),), radius_m=300, margin_m=150)
    assert ZoneCause(zone, Fence(zone)).limits[1:] == (300, 150, 0)


measurements = st.lists(
    st.tuples(
        st.integers(0, 200),
        st.sampled_from((0, 60, 300, 540, 560, 800, 1090, 1120, 3000)),
        st.booleans(),
        st.sampled_from((CLEAR, PRE_ALERT, BREACH)),
    ),
    max_size=30,
)


@given(measurements, st.integers(0, 29))
def test_a_watch_goes_on_from_its_state(day: list[Any], at: int) -> None:
    one = other = new_watch()
    now_s = 0
    for place, (gap_s, distance_m, fresh, ceiling) in enumerate(day):
        now_s += gap_s
        if place == at:
            other = Nearness("victim:ana", LIMITS)
            other.restore(json.loads(json.dumps(one.state())))
        measured = seen(now_s, distance_m, fresh=fresh, ceiling=max(ceiling, PRE_ALERT))
        changes = told(one, measured)
        if other is not one:
            assert told(other, measured) == changes
            assert other.state() == one.state()


@given(measurements)
def test_what_is_not_fresh_never_lowers_and_rises_only_grow(day: list[Any]) -> None:
    watch = new_watch()
    now_s, rises = 0, 0
    for gap_s, distance_m, fresh, ceiling in day:
        now_s += gap_s
        before = watch.level
        told(watch, seen(now_s, distance_m, fresh=fresh, ceiling=max(ceiling, PRE_ALERT)))
        rises += watch.level > before
        assert watch.rise == rises
        assert watch.level >= before or fresh
