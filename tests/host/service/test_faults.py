"""A fault of the host's own: open until it is over and acknowledged, in whatever order."""

import pytest

from host.base.catalogue import catalogue
from host.escalation.incident import Refused
from host.service.faults import DEADLINE_FAILED, STORE_DOWN, Faults


@pytest.fixture
def faults() -> Faults:
    return Faults(catalogue())


def states(faults: Faults) -> list[str]:
    return [view["state"] for view in faults.views()]


def test_what_is_well_is_not_told(faults: Faults) -> None:
    assert faults.check(STORE_DOWN, "", 1) is None
    assert faults.views() == []


def test_it_is_told_once_and_over_when_it_is_over_and_acknowledged(faults: Faults) -> None:
    view = faults.check(STORE_DOWN, "disk full", 1)
    assert view is not None
    assert (view["state"], view["verbs"], view["order"]) == (
        "unacknowledged",
        ["acknowledge"],
        None,
    )
    assert "disk full" in view["sentence"]["en"]
    assert faults.check(STORE_DOWN, "disk full", 2) is None
    faults.check(STORE_DOWN, "", 3)
    assert states(faults) == ["returned_unacknowledged"]
    faults.acknowledge(STORE_DOWN, "eva", 4)
    assert states(faults) == []


def test_acknowledged_before_it_is_over_it_ends_by_itself(faults: Faults) -> None:
    faults.check(STORE_DOWN, "disk full", 1)
    view = faults.acknowledge(STORE_DOWN, "eva", 2)
    assert view is not None
    assert (view["state"], view["acknowledged_by"], view["verbs"]) == ("acknowledged", "eva", [])
    with pytest.raises(Refused, match="store_down is acknowledged already"):
        faults.acknowledge(STORE_DOWN, "olga", 3)
    faults.check(STORE_DOWN, "", 4)
    assert states(faults) == []


def test_once_more_is_told_once_more(faults: Faults) -> None:
    faults.check(STORE_DOWN, "disk full", 1)
    faults.check(STORE_DOWN, "", 2)
    again = faults.check(STORE_DOWN, "disk full", 3)
    assert again is not None
    assert (again["state"], again["opened"]) == ("unacknowledged", "1970-01-01T00:00:00.003Z")


def test_faults_of_several_things_are_several(faults: Faults) -> None:
    for order in ("O1", "O/2"):
        faults.check(DEADLINE_FAILED, order, 1, of=order)
    names = [view["incident"] for view in faults.views()]
    assert len(set(names)) == 2
    assert all("/" not in name for name in names)  # it is part of a path
    assert faults.acknowledge("none", "eva", 2) is None
