"""What may be entered, and is doubted."""

import pytest

from host.registry.doubts import doubts, misplaced, unserved
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


HOME, SCHOOL = (146_349_000, -905_069_000), (157_278_000, -885_947_000)  # in Guatemala
ABOUT_HOME = tuple((HOME[0] + north, HOME[1] + east) for north, east in ((0, 0), (0, 9), (9, 0)))


def order(*spots: tuple[int, int], name: str = "O1", time_zone: str = "America/Guatemala") -> Order:
    """An order that keeps him from circles about some places."""
    zones = tuple(Zone(f"{name}.{n}", str(n), (spot,), 300) for n, spot in enumerate(spots))
    return Order(name, 1, "he", (), zones=zones, time_zone=time_zone)


def doubted(entered: Order, *known: Order) -> dict[str, str]:
    lines = misplaced(Registry(orders=known), Registry(orders=(entered,)))
    return {zone.id: line for zone, line in lines}


def test_zones_about_where_the_time_zone_is_are_not_doubted() -> None:
    assert doubted(order(HOME, SCHOOL, (178_000_000, -900_000_000))) == {}


def test_a_zone_with_longitude_and_latitude_in_turn_is_doubted() -> None:
    (line,) = doubted(order(HOME, SCHOOL[::-1])).values()
    assert line == (
        "it lies 11,678 km from the time zone America/Guatemala, and with latitude and longitude "
        "the other way round it would not"
    )


def test_a_zone_hundreds_of_kilometres_away_is_doubted() -> None:
    (line,) = doubted(order((146_349_000, -855_000_000))).values()
    assert line == "it lies 540 km from the time zone America/Guatemala"


def test_one_corner_that_is_far_away_is_enough() -> None:
    astray = (*ABOUT_HOME, HOME[::-1])
    for ring, hole, right in (
        (ABOUT_HOME, ABOUT_HOME, True),
        (astray, ABOUT_HOME, False),
        (ABOUT_HOME, astray, False),
    ):
        zone = Zone("O1.z", "z", ring, holes=(hole,))
        assert (doubted(Order("O1", 1, "he", (), zones=(zone,))) == {}) is right


@pytest.mark.parametrize("time_zone", ["America/Guatemala", "UTC", "Africa/Accra"])
def test_where_no_place_is_known_is_doubted(time_zone: str) -> None:
    (line,) = doubted(order((0, 0), time_zone=time_zone)).values()
    assert line == "0, 0 is what is said where no place is known"


def test_a_zone_that_stands_is_not_doubted_again_unless_it_moves() -> None:
    far, farther = (410_000_000, -40_000_000), (510_000_000, 0)
    standing = order(far)
    assert doubted(order(far), standing) == {}
    assert doubted(order(farther), standing).keys() == {"O1.0"}
    assert doubted(order(far, name="O2"), standing) == {}  # near one that was confirmed
    assert doubted(order(far, name="O2", time_zone="America/Lima"), standing).keys() == {"O2.0"}


def test_where_the_time_zone_is_of_no_place_the_other_zones_tell() -> None:
    assert doubted(order(HOME, time_zone="UTC")) == {}  # nothing is known
    assert doubted(order(HOME, SCHOOL, time_zone="UTC")) == {}
    swapped = order(HOME[::-1], SCHOOL[::-1], name="O2", time_zone="UTC")
    assert doubted(swapped) == {}
    (line, _) = doubted(swapped, order(HOME)).values()
    assert line.startswith("it lies 11,")
    assert "from every zone that is known, and with latitude and longitude" in line
