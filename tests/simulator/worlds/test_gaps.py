"""What a quiet clock has held, and what it cost."""

from host.proximity.types import Condition, ConditionChange, Level, Signal, Transition, Unquiet
from simulator.worlds.gaps import Gaps

ASSURED, WATCHED, UNASSURED, INACTIVE = Condition


def turns(before: Condition, after: Condition, at_s: int, order: str = "o") -> ConditionChange:
    return ConditionChange(order, at_s * 1000, before, after, "overdue_offender")


def alert(at_s: int) -> Transition:
    clear, raised = Level.CLEAR, Level.ALERT
    return Transition("o", "victim:v", 0, at_s * 1000, clear, raised, 1, "distance", 400.0)


def summed(*signals: Signal) -> tuple[object, ...]:
    gaps = Gaps()
    for signal in signals:
        gaps.signal(signal)
    return tuple(gaps.summary().values())


def test_a_gap_that_ends_in_time_is_held() -> None:
    told = turns(ASSURED, UNASSURED, 100), turns(UNASSURED, ASSURED, 190)
    assert summed(*told) == (1, 0, 90.0, [])


def test_a_gap_that_becomes_an_alarm_is_not() -> None:
    told = turns(ASSURED, UNASSURED, 100), Unquiet("o", 160_000, ""), turns(UNASSURED, WATCHED, 190)
    assert summed(*told) == (1, 1, None, [])


def test_where_an_alert_rises_the_clock_has_cost_lead_time() -> None:
    lost, unquiet = turns(WATCHED, UNASSURED, 100), Unquiet("o", 160_000, "")
    assert summed(lost, unquiet, alert(180)) == (1, 1, None, [60.0])
    assert summed(lost, alert(130)) == (1, 0, None, [30.0])
    assert summed(lost, alert(130), unquiet) == (1, 1, None, [30.0])


def test_the_beginning_of_an_order_is_no_gap_and_orders_have_their_own() -> None:
    begins = turns(INACTIVE, UNASSURED, 0), turns(UNASSURED, ASSURED, 5)
    two = turns(ASSURED, UNASSURED, 10), turns(ASSURED, UNASSURED, 20, "other")
    back = turns(UNASSURED, ASSURED, 40), turns(UNASSURED, ASSURED, 80, "other")
    assert summed(*begins, *two, *back) == (2, 0, 60.0, [])
