"""One order, event by event: the edge cases that must be right, each under its name."""

from dataclasses import replace

import pytest

from host.proximity.fix import make_fix
from host.proximity.order import OrderState
from host.proximity.types import Condition, Level, Source
from host.registry.types import Strength, Weekly
from tests.host.proximity.pair import PLACE, START_MS, Pair, conditions, levels


def both_far(pair: Pair) -> None:
    pair.walks(0, 0)
    pair.offends(0, 6000)


def test_either_partys_fix_triggers_the_evaluation() -> None:
    parked, moving = Pair(), Pair()
    for pair in (parked, moving):
        pair.walks(0, 0)
        pair.offends(1, 3000)
    she = [levels(parked.walks(100 + s, 10 * s)) for s in range(0, 300, 5)]
    he = [levels(moving.offends(100 + s, 3000 - 10 * s)) for s in range(0, 300, 5)]
    assert she == he
    assert [level for one in she for level, _ in one] == ["pre_alert", "alert", "breach"]


def test_levels_rise_at_the_first_fix_that_shows_them() -> None:
    pair = Pair()
    both_far(pair)
    assert levels(pair.offends(200, 1001)) == [("pre_alert", "probability")]
    assert levels(pair.offends(260, 499)) == [("alert", "distance")]
    assert levels(pair.offends(300, 99)) == [("breach", "distance")]


def test_distance_zero_is_the_nearest_there_is() -> None:
    pair = Pair()
    pair.walks(0, 0)
    assert levels(pair.offends(1, 0)) == [("breach", "distance")]
    assert pair.state.causes[0].distance_m == 0


def test_a_coarse_fix_within_the_limit_still_enters() -> None:
    pair = Pair()
    pair.walks(0, 0)
    assert levels(pair.offends(1, 450, a95_m=2000)) == [("alert", "distance")]


def test_cell_and_wifi_raise_at_most_pre_alert_and_never_clear() -> None:
    pair = Pair()
    pair.walks(0, 0)
    assert levels(pair.offends(1, 50, source=Source.CELL)) == [("pre_alert", "distance")]
    pair.offends(5, 50)
    assert pair.level is Level.BREACH
    for s in range(10, 600, 5):
        pair.walks(s, 0)
        pair.offends(s, 3000, source=Source.WIFI)
    assert pair.level is Level.BREACH


def test_levels_are_left_only_on_evidence() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, 50)
    told = []
    for s in range(30, 240, 10):
        told += [(s, *one) for one in levels(pair.both(s, 1200))]
    assert told == [(150, "clear", "evidence")]


def test_silence_and_timers_never_lower_a_level() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, 300)
    assert levels(pair.passes(86_400)) == []
    assert pair.level is Level.ALERT


def test_one_failing_fix_starts_the_count_anew() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, 300)
    told = []
    for s in range(30, 400, 10):
        told += [(s, *one) for one in levels(pair.both(s, 1090 if s == 140 else 1300))]
    # At 140 s he is outside of the alert distance, but not surely outside of the pre-alert's.
    assert told == [(150, "pre_alert", "evidence"), (270, "clear", "evidence")]


def test_a_stale_counterpart_counts_neither_for_nor_against() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, 300)
    for s in range(70, 600, 10):
        assert levels(pair.offends(s, 1500)) == []
    pair.walks(600, 0)
    told = [one for s in range(600, 730, 10) for one in levels(pair.offends(s, 1500))]
    assert told == []  # her fix of 600 s is too old from 660 s on: 60 s of evidence at most
    for s in range(730, 860, 10):
        told += levels(pair.both(s, 1500))
    assert told == [("clear", "evidence")]


def test_a_second_approach_counts_a_new_rise() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, 400)
    for s in range(30, 200, 10):
        pair.walks(s, 0)
        pair.offends(s, 1500)
    assert pair.level is Level.CLEAR
    pair.offends(230, 450)
    assert (pair.level, pair.state.causes[0].rise) == (Level.ALERT, 2)


def test_passing_through_the_moving_circle_between_two_fixes_is_seen() -> None:
    pair = Pair(contact_m=50)
    pair.walks(0, 0)
    pair.offends(0, -1150)
    pair.walks(60, 300)  # she walks north too: the circle moves
    assert levels(pair.offends(60, 1150, 10)) == [("breach", "swept")]


def test_a_gap_of_hours_is_not_swept() -> None:
    pair = Pair(contact_m=50)
    pair.walks(0, 0)
    pair.offends(0, -3000)
    pair.walks(7200, 0)
    assert levels(pair.offends(7200, 3000, 10)) == []


def test_an_impossible_jump_is_not_believed_and_unassures() -> None:
    pair = Pair()
    both_far(pair)
    assert pair.condition is Condition.ASSURED
    pair.walks(60, 0)
    assert conditions(pair.offends(65, 90_000)) == [("unassured", "disbelieved")]
    assert pair.level is Level.CLEAR
    assert [conditions(pair.offends(s, 6000 + s)) for s in (70, 75, 80)] == [
        *([], []),
        [("assured", "far")],  # three have come since
    ]


def test_assured_turns_to_watched_while_both_answer_and_to_unassured_when_one_is_overdue() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, 6000)
    assert pair.condition is Condition.ASSURED
    assert (pair.state.until_ms - START_MS) // 1000 == (6000 - 500 - 30 - 30) // 80
    told = pair.passes(50)
    assert conditions(told) == []
    for s in range(60, 200, 5):
        told += pair.both(s, max(800, 6000 - 35 * s))
    assert conditions(told) == [("watched", "near")]
    late = pair.passes(600)
    assert conditions(late) == [("unassured", "overdue_offender")]
    assert late[0].at_ms == START_MS + 195_000 + 25_000  # at the timer's own time
    pair.walks(600, 0)
    assert conditions(pair.offends(600, 6000)) == [("assured", "far")]


def test_a_resting_victim_with_wake_on_motion_costs_no_promise() -> None:
    moving, resting = Pair(), Pair()
    for pair, at_rest in ((moving, False), (resting, True)):
        pair.walks(0, 0, at_rest=at_rest)
        pair.offends(0, 10_000)
    assert resting.state.until_ms > moving.state.until_ms
    resting.victim.moved_off(START_MS + 60_000, 20_000)
    resting.state.contact(START_MS + 60_000)
    slack_m = 10_000 - 500 - 60 - 40 * 60 - 40 * 20
    assert resting.state.until_ms == pytest.approx(START_MS + 60_000 + slack_m / 80 * 1000, abs=100)


def test_an_offender_at_rest_is_trusted_only_under_supervision() -> None:
    for strength, expected in ((Strength.STRICT, False), (Strength.SUPERVISED, True)):
        pair = Pair(strength=strength)
        pair.walks(0, 0)
        pair.offends(0, 6000, at_rest=True)
        assert pair.state.rests(pair.offender, START_MS) is expected
    pair.offender.paged = False  # deaf while it sleeps
    assert not pair.state.rests(pair.offender, START_MS)


def test_a_new_order_is_unassured_until_both_units_have_answered() -> None:
    pair = Pair()
    assert pair.condition is Condition.UNASSURED
    pair.walks(0, 0)
    assert pair.condition is Condition.UNASSURED
    assert conditions(pair.offends(10, 6000)) == [("assured", "far")]
    silent = Pair()
    assert conditions(silent.passes(600)) == [("unassured", "new_order")]


def test_an_order_that_starts_and_ends_while_they_are_close_is_judged_at_the_boundary() -> None:
    pair = Pair(valid_from_ms=START_MS + 60_000, valid_until_ms=START_MS + 120_000)
    for s in range(0, 60, 5):
        pair.walks(s, 0)
        assert levels(pair.offends(s, 50)) == []
    began = pair.passes(60)
    assert levels(began) == [("breach", "distance")]
    assert began[0].at_ms == START_MS + 60_000
    for s in range(65, 120, 5):
        pair.walks(s, 0)
        pair.offends(s, 50)
    assert levels(pair.passes(120)) == [("clear", "not_in_force")]
    assert pair.condition is Condition.INACTIVE


def test_a_schedule_switches_in_local_time() -> None:
    # 1_780_000_000 is Thursday 28 May 2026, 14:26:40 in Guatemala (UTC-6).
    pair = Pair(schedule=(Weekly((3,), 14 * 60 + 30, 15 * 60),))
    pair.walks(0, 0)
    pair.offends(0, 50)
    assert pair.level is Level.CLEAR
    assert levels(pair.passes(200)) == [("breach", "distance")]


def test_a_new_version_keeps_levels_and_is_unassured_until_both_have_answered() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, 400)
    now_ms = START_MS + 5000
    wider = replace(pair.order, version=2, alert_m=2000, pre_alert_m=4000)
    state = OrderState(wider, pair.offender, (pair.victim,), (), now_ms)
    state.restore(pair.state.state(), now_ms)
    assert state.level is Level.ALERT
    assert state.condition is Condition.UNASSURED


def test_a_cause_that_a_version_drops_and_another_brings_back_goes_on_counting() -> None:
    pair = Pair()
    pair.both(0, 400)
    now_ms = START_MS + 5000
    no_more = replace(pair.order, version=2, protected=())
    without = OrderState(no_more, pair.offender, (), (), now_ms)
    without.restore(pair.state.state(), now_ms)
    assert levels(without.judge_anew(now_ms)) == [("clear", "not_in_force")]
    anew = replace(pair.order, version=3)
    again = OrderState(anew, pair.offender, (pair.victim,), (), now_ms)
    again.restore(without.state(), now_ms)
    assert levels(again.judge_anew(now_ms)) == [("alert", "distance")]
    assert again.causes[0].rise == 2


@pytest.mark.parametrize(
    "place",
    [
        (146_000_000, 1_800_000_000),
        (146_000_000, -1_799_999_999),
        (899_900_000, 0),
        (-899_900_000, 900_000_000),
        (0, -905_000_000),
        (514_769_000, 0),
        (0, 0 + 1),
    ],
    ids=[
        "antimeridian",
        "antimeridian-east",
        "north-pole",
        "south-pole",
        "equator",
        "greenwich",
        "gulf-of-guinea",
    ],
)
def test_an_approach_is_seen_everywhere(place: tuple[int, int]) -> None:
    pair = Pair(place)
    pair.walks(0, 0)
    seen = [
        level for s in range(0, 250, 5) for level, _ in levels(pair.offends(s, 0, 2400 - 10 * s))
    ]
    assert seen == ["pre_alert", "alert", "breach"]


def test_swapping_roles_changes_no_distance() -> None:
    one, other = Pair(), Pair()
    one.walks(0, 0)
    one.offends(0, 1234, 567)
    other.offends(0, 0)
    other.walks(0, 1234, 567)
    assert one.state.causes[0].distance_m == other.state.causes[0].distance_m


def test_a_fixed_place_is_never_stale_and_never_overdue() -> None:
    pair = Pair()
    pair.victim.place(make_fix("place", 0, 0, *PLACE, a95_m=0, fixed=True))
    pair.offends(0, 400)
    told = [one for s in range(5, 200, 5) for one in levels(pair.offends(s, 1500 + s))]
    assert told == [("clear", "evidence")]
    pair.passes(100_000)
    assert pair.state.reason == "overdue_offender"


def test_state_survives_a_restart() -> None:
    pair = Pair()
    pair.walks(0, 0)
    pair.offends(0, 400)
    for s in range(30, 90, 10):
        pair.walks(s, 0)
        pair.offends(s, 1500)
    again = OrderState(pair.order, pair.offender, (pair.victim,), (), START_MS + 90_000)
    again.restore(pair.state.state(), START_MS + 90_000)
    assert again.state() == pair.state.state()
    pair.state = again
    told = []
    for s in range(90, 200, 10):
        told += levels(pair.both(s, 1500))
    assert told == [("clear", "evidence")]


def test_leases_end_with_the_promise_the_raised_level_and_the_boundary() -> None:
    pair = Pair(valid_until_ms=START_MS + 3_600_000)
    pair.walks(0, 0)
    pair.offends(0, 20_000)
    allowance_s = pair.state.allowance_s(pair.victim, START_MS)
    assert allowance_s == pytest.approx((20_000 - 500 - 60) / 80 - 35, abs=0.5)
    pair.offends(3500, 60_000)
    pair.walks(3500, 0)
    assert pair.state.allowance_s(pair.victim, START_MS + 3_500_000) == pytest.approx(85)
    pair.walks(3585, 0)
    assert pair.state.allowance_s(pair.victim, START_MS + 3_585_000) == pytest.approx(15)
    near = Pair()
    near.walks(0, 0)
    near.offends(0, 450)
    for s in range(30, 100, 10):
        near.walks(s, 0)
        near.offends(s, 30_000 + s)
    assert near.state.allowance_s(near.victim, START_MS + 90_000) == 20


def test_a_cell_fix_and_a_fine_one_have_no_leg_between_them() -> None:
    pair = Pair()
    pair.walks(0, 0)
    assert levels(pair.offends(0, 900, source=Source.CELL)) == [("pre_alert", "distance")]
    assert levels(pair.offends(100, -3000)) == []


def test_a_pre_alert_shortens_her_lease() -> None:
    pair = Pair(pre_alert_m=20_000)
    pair.both(0, 19_000)
    assert pair.level is Level.PRE_ALERT
    assert pair.state.allowance_s(pair.victim, START_MS) == 20
