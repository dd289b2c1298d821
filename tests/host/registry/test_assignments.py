"""Who wore which unit, and when, whatever the order in which it was entered."""

from itertools import permutations

import pytest

from host.registry.assignments import Assignments
from host.registry.types import Assignment

FROM_100 = Assignment("B1", "juan", 100, 200)


@pytest.mark.parametrize(
    ("at_ms", "unit", "next_ms"),
    [(99, None, 100), (100, "B1", 200), (199, "B1", 200), (200, None, None)],
)
def test_an_assignment_is_in_force_from_its_beginning_until_its_end(
    at_ms: int, unit: str | None, next_ms: int | None
) -> None:
    worn = Assignments([FROM_100])
    assert worn.unit_at("juan", at_ms) == unit
    assert worn.at("B1", at_ms) == (FROM_100 if unit else None)
    assert worn.next_ms("B1", at_ms) == next_ms


def test_one_that_is_entered_again_ends_the_earlier_one() -> None:
    worn = Assignments([Assignment("B1", "juan", 0)])
    assert worn.next_ms("B1", 50) is None
    worn.enter(Assignment("B1", "juan", 0, 500))
    assert worn.next_ms("B1", 50) == 500
    assert (list(worn.units()), worn.units_of("juan")) == (["B1"], ("B1",))


OVERLAPPING = (
    Assignment("B1", "juan", 0),
    Assignment("B1", "pedro", 50),
    Assignment("B2", "juan", 20),
    Assignment("B2", "juan", 10, 30),
)


@pytest.mark.parametrize("order", list(permutations(OVERLAPPING)))
def test_the_later_one_counts_in_whatever_order_they_were_entered(
    order: tuple[Assignment, ...],
) -> None:
    worn = Assignments(order)
    assert (worn.unit_at("juan", 15), worn.unit_at("juan", 5)) == ("B2", "B1")
    assert (worn.unit_at("juan", 60), worn.unit_at("pedro", 60)) == ("B2", "B1")
    assert (worn.unit_at("pedro", 49), worn.unit_at("ana", 60)) == (None, None)
