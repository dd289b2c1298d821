"""Many units that fall silent together are one alarm."""

import pytest

from host.core.outcome import Connection
from host.registry.types import Assignment, Order, Registry, Role, Strength
from host.service.silence import fallen_silent
from tests.host.driven_centre import DrivenCentre, at_ms, unit

PAIRS = 20


def country() -> DrivenCentre:
    """So many pairs, all heard, all far apart."""
    units = [unit(f"B{n}", Role.OFFENDER) for n in range(PAIRS)]
    units += [unit(f"V{n}", Role.VICTIM) for n in range(PAIRS)]
    worn = tuple(Assignment(one.id, one.id.lower(), 0) for one in units)
    orders = tuple(
        Order(f"O{n:02}", 1, f"b{n}", (f"v{n}",), strength=Strength.SUPERVISED)
        for n in range(PAIRS)
    )
    driven = DrivenCentre(Registry(tuple(units), worn, orders))
    for n in range(PAIRS):
        driven.step(Connection(f"B{n}", True, at_ms(0)), Connection(f"V{n}", True, at_ms(0)))
        driven.receive(f"V{n}", 0, driven.sealers[f"V{n}"].rest(0))
        driven.fix(f"B{n}", 0, 3000.0 + 1000 * n)
    return driven


def gone(driven: DrivenCentre, units: list[str], at_s: float) -> None:
    for name in units:
        driven.step(Connection(name, False, at_ms(at_s)))


def told(driven: DrivenCentre, at_s: float) -> str:
    driven.step(now_s=at_s)
    return fallen_silent(driven.centre.roster.wearers.values(), at_ms(at_s))


@pytest.mark.parametrize(("count", "expected"), [(9, ""), (10, "10/40: ")])
def test_a_few_are_chance_and_many_are_one_alarm(count: int, expected: str) -> None:
    driven = country()
    gone(driven, [f"V{n}" for n in range(count)], 5)
    assert told(driven, 6)[: len("10/40: ")] == expected


def test_whose_own_alarm_is_nearest_comes_first() -> None:
    driven = country()
    gone(driven, [f"B{n}" for n in range(PAIRS)], 5)
    for n in range(PAIRS):
        driven.receive(f"V{n}", 100, driven.sealers[f"V{n}"].rest(100))
    said = told(driven, 130)
    assert ": O00, O01, O02, " in said
    assert said.endswith("…")


def test_what_is_silent_for_long_is_no_news() -> None:
    driven = country()
    gone(driven, [f"V{n}" for n in range(PAIRS)], 5)
    assert told(driven, 100)
    for n in range(PAIRS):
        driven.fix(f"B{n}", 320, 3000.0 + 1000 * n)
    assert told(driven, 321) == ""
