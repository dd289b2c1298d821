"""Every name that is taken can be read by the schedules, and no other is."""

from host.base.time_zone import names
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
