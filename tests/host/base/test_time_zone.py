"""Every name that is taken can be read by the schedules, and no other is."""

import pytest

from host.base.time_zone import names, place
from host.proximity.schedule import window
from host.registry.types import Weekly


def test_every_name_has_a_schedule() -> None:
    nights = (Weekly(tuple(range(7)), 19 * 60, 7 * 60),)
    for name in names():
        active, until_ms = window(nights, 1_780_000_000_000, name)
        assert isinstance(active, bool)
        assert until_ms > 1_780_000_000_000


def test_what_is_no_zone_has_no_name_here() -> None:
    assert {"America/Guatemala", "UTC"} < names()
    assert not {"", "America", "Mars/Phobos", "posixrules", "zones"} & names()


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("America/Guatemala", (14.6333, -90.5167)),
        ("America/New_York", (40.7142, -74.0064)),  # which has seconds
        ("US/Eastern", (40.7142, -74.0064)),
        ("Africa/Johannesburg", (-26.25, 28.0)),
        ("UTC", None),
        ("Etc/GMT+6", None),
        ("Mars/Phobos", None),
    ],
)
def test_a_zone_is_where_its_principal_town_is(
    name: str, where: tuple[float, float] | None
) -> None:
    found = place(name)
    assert (None if found is None else tuple(round(e7 / 1e7, 4) for e7 in found)) == where


def test_every_zone_of_a_place_has_a_place() -> None:
    lost = [name for name in names() if "/" in name and place(name) is None]
    assert {name.partition("/")[0] for name in lost} == {"Etc"}
