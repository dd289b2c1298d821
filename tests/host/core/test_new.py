"""What is new is shown as unassured and is no alarm yet, unless something worse is known."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from host.core.outcome import Changed, Outcome
from host.proximity.types import Condition, Unquiet
from host.registry.types import Assignment
from protocol import record
from tests.host.driven_centre import (
    BRACELET,
    ORDER,
    REGISTRY,
    DrivenCentre,
    Sealer,
    at_ms,
    levels,
)

LATE_S = 1000.0  # nothing is new any more
# What is left of 1500 m between two who are about in a town: 500 to the alert, two radii of 5.
PLAUSIBLE_S = pytest.approx(LATE_S + 990 / (14 + 14), abs=0.1)


def watched(at_s: float = LATE_S, north_m: float = 1500) -> DrivenCentre:
    """Both are heard, too near to assure."""
    driven = DrivenCentre()
    driven.both(at_s, north_m)
    assert driven.centre.roster.orders["O1"].condition is Condition.WATCHED
    return driven


def is_unassured(driven: DrivenCentre) -> bool:
    return driven.centre.roster.orders["O1"].condition is Condition.UNASSURED


def told_at(driven: DrivenCentre, until_s: float) -> list[float]:
    """When it is an alarm that the order is unassured, in seconds."""
    said = driven.step(now_s=until_s).signals
    return [(one.at_ms - at_ms(0)) / 1000 for one in said if isinstance(one, Unquiet)]


def is_alarm(told: Outcome) -> bool:
    return any(isinstance(one, Unquiet) for one in told.signals)


def blind(driven: DrivenCentre, at_s: float) -> Outcome:
    """The bracelet is heard, and has no position."""
    return driven.receive("B1", at_s, driven.sealers["B1"].event(at_s, record.GNSS_LOST))


def new_order(driven: DrivenCentre) -> None:
    driven.step(Changed(replace(ORDER, version=2, alert_m=600), at_ms(LATE_S)))


def put_on(driven: DrivenCentre) -> None:
    driven.step(Changed(Assignment("B1", "juan", at_ms(LATE_S)), at_ms(LATE_S)))
    blind(driven, LATE_S)


def enrolled(driven: DrivenCentre) -> None:
    unit = replace(BRACELET, epoch=2)
    driven.sealers["B1"] = Sealer(unit)
    driven.step(Changed(unit, at_ms(LATE_S)))
    for s in range(0, 60, 5):
        blind(driven, LATE_S + s)


def restarted(driven: DrivenCentre) -> None:
    driven.receive("B1", LATE_S, driven.sealers["B1"].boot(LATE_S))
    for s in range(5, 60, 5):
        blind(driven, LATE_S + s)


@pytest.mark.parametrize("begins", [new_order, put_on, enrolled, restarted])
def test_what_is_new_is_no_alarm_for_a_minute(begins: Callable[[DrivenCentre], None]) -> None:
    driven = watched()
    begins(driven)
    driven.step(now_s=LATE_S + 59)
    assert is_unassured(driven)
    assert told_at(driven, LATE_S + 300) == [LATE_S + 60]


@pytest.mark.parametrize("begins", [new_order, put_on, restarted])
def test_what_is_new_and_soon_heard_is_never_an_alarm(
    begins: Callable[[DrivenCentre], None],
) -> None:
    driven = watched()
    begins(driven)
    heard = [driven.both(LATE_S + s, 3700) for s in range(57, 90, 5)]
    assert driven.centre.roster.orders["O1"].condition is Condition.ASSURED
    assert not any(map(is_alarm, heard))


def test_units_that_begin_without_a_position_are_no_alarm() -> None:
    """As whenever units and host are started together."""
    driven = DrivenCentre()
    for name in ("B1", "V1"):
        assert driven.receive(name, 1, driven.sealers[name].boot(1)).incidents == []
    assert driven.centre.roster.orders["O1"].reason == "no_position"
    assert driven.both(3, 9000).incidents == []
    assert driven.centre.roster.orders["O1"].condition is Condition.ASSURED


def test_a_unit_that_restarts_over_and_over_is_new_once() -> None:
    driven = watched()
    restarted(driven)
    for s in range(20, 60, 20):
        driven.receive("B1", LATE_S + s, driven.sealers["B1"].boot(LATE_S + s))
    assert told_at(driven, LATE_S + 300) == [LATE_S + 60]


def test_a_restart_of_long_ago_makes_nothing_new() -> None:
    driven = watched(0)
    boot = driven.sealers["B1"].boot(LATE_S - 100)
    driven.both(LATE_S, 1500)
    driven.receive("B1", LATE_S + 20, boot)
    assert told_at(driven, LATE_S + 300) == [PLAUSIBLE_S]


def test_a_level_that_stands_is_worse_than_being_new() -> None:
    driven = watched(LATE_S, 300)
    told = driven.step(Changed(replace(ORDER, version=2, alert_m=600), at_ms(LATE_S + 1)))
    assert is_alarm(told)


def test_a_level_that_rises_meanwhile_ends_the_grace() -> None:
    driven = watched()
    restarted(driven)
    assert is_unassured(driven)
    she_walks = driven.fix("V1", LATE_S + 58, 1300)
    assert levels(she_walks) == ["alert"]
    assert is_alarm(she_walks)


def test_a_cut_strap_is_worse_than_being_new() -> None:
    driven = watched()
    restarted(driven)
    cut = driven.receive("B1", LATE_S + 58, driven.sealers["B1"].event(LATE_S + 58, record.STRAP))
    assert is_alarm(cut)


def test_a_host_that_starts_again_makes_nothing_new() -> None:
    driven = watched()
    driven.restart(REGISTRY, LATE_S + 10)
    assert told_at(driven, LATE_S + 300) == [PLAUSIBLE_S]


def test_nothing_is_an_alarm_halfway_through_a_backlog() -> None:
    """He drove nearer and back again: by the positions of halfway that come late he might be with
    her by now; by the last he is where he was."""
    driven = DrivenCentre()
    driven.both(LATE_S, 3400)
    for s in (*range(20, 140, 20), 180):
        driven.receive("V1", LATE_S + s, driven.sealers["V1"].event(LATE_S + s, record.GNSS_LOST))
        if s < 140:
            driven.fix("B1", LATE_S + s, 3400)
    assert is_unassured(driven)  # nobody sees where she is
    drive = (3000, 2600, 2200, 2600, 3000, 3400)
    fixes = [driven.sealers["B1"].fix(LATE_S + 130 + 10 * k, at) for k, at in enumerate(drive)]
    assert not is_alarm(driven.receive("B1", LATE_S + 181, *fixes))
    assert told_at(driven, LATE_S + 182) == []
    assert told_at(driven, LATE_S + 300) != []
