"""What may be entered, and is doubted."""

import pytest

from host.registry.doubts import doubts, unserved
from host.registry.types import Assignment, Order, Registry, Role, Unit, Zone

ORDER = Order("O1", 1, "he", ("she",))
UNITS = (Unit("B1", Role.OFFENDER, b"", 1), Unit("V1", Role.VICTIM, b"", 1))
BOTH = (Assignment("B1", "he", 0), Assignment("V1", "she", 0))


def test_radii_are_judged() -> None:
    assert list(doubts(ORDER)) == []
    assert len(list(doubts(Order("o", 1, "he", ("she",), alert_m=200, pre_alert_m=300)))) == 2


def test_a_zone_whose_edge_crosses_itself_is_doubted() -> None:
    square, crossed = ((0, 0), (0, 9), (9, 9), (9, 0)), ((0, 0), (9, 9), (0, 9), (9, 0))
    zones = (Zone("a", "plain", square), Zone("b", "crossed", crossed))
    (line,) = doubts(Order("o", 1, "he", (), zones=zones))
    assert line.startswith("zone crossed crosses itself")


@pytest.mark.parametrize(
    ("worn", "lines"),
    [
        (BOTH, []),
        (BOTH[:1], ["she wears no unit now: a victim's unit"]),
        ((*BOTH[:1], Assignment("V1", "she", 0, 50)), ["she wears no unit now: a victim's unit"]),
        (
            (Assignment("V1", "he", 0),),
            ["he wears V1, which is a victim's unit: a bracelet", "she wears no unit now"],
        ),
    ],
)
def test_parties_without_the_unit_that_they_need_are_told(
    worn: tuple[Assignment, ...], lines: list[str]
) -> None:
    registry = Registry(UNITS, worn, (ORDER,))
    told = [line for _, line in unserved(registry, Registry(orders=(ORDER,)), 100)]
    assert len(told) == len(lines)
    assert all(line.startswith(start) for line, start in zip(told, lines, strict=True))


def test_only_orders_that_an_entry_concerns_are_doubted() -> None:
    registry = Registry(UNITS, (), (ORDER, Order("O2", 1, "other", ("else",))))
    entered = Registry(assignments=(Assignment("V1", "else", 0),))
    assert {order.id for order, _ in unserved(registry, entered, 100)} == {"O2"}
