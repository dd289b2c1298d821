"""What the host says of its own machine's clock."""

from unittest.mock import Mock

import pytest

from host.base.catalogue import catalogue
from host.base.clock import Clock
from host.core.outcome import CutOff
from host.service import health
from host.service.health import Health

START_MS = 1_780_000_000_000


class Machine:
    """Its two clocks, and the health of a host on it, which looks once."""

    def __init__(self) -> None:
        self.system, self.steady = START_MS, 0
        self.clock = Clock(system_ms=lambda: self.system, steady_ms=lambda: self.steady)
        self.told: list[CutOff] = []
        well = Mock(failure="")
        broker = Mock(failure="")
        broker.troubles.return_value = {}
        self.connected = broker.connected
        self.silent = ""
        put, silent = self.told.append, lambda _: self.silent
        self.health = Health(catalogue(), well, self.clock, broker, well, well, put, silent, str)

    def says(self, system_ms: int, steady_ms: int) -> list[tuple[str, str]]:
        """(code, sentence) of its faults after its clocks have gone on by so much."""
        self.system += system_ms
        self.steady += steady_ms
        self.health.look(self.clock.now_ms())
        views = self.health.views()
        return [(view["cause"], view["sentence"]["en"]) for view in views]


@pytest.mark.parametrize(
    ("step_ms", "code", "advice"),
    [
        (90_000, "clock_step", "90 s forward"),
        (-90_000, "clock_back", "set back by 90 s"),
    ],
)
def test_a_step_says_which_way_it_went_and_what_to_do(step_ms: int, code: str, advice: str) -> None:
    machine = Machine()
    ((told, sentence),) = machine.says(1000 + step_ms, 1000)
    assert told == code
    assert advice in sentence
    assert "If it is right now" in sentence


def test_sleep_is_none() -> None:
    machine = Machine()
    assert machine.says(8 * 3_600_000, 8 * 3_600_000) == []


def test_the_centre_is_told_once_that_the_broker_has_been_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "LOOK_S", 0)
    machine = Machine()
    for gone_s, lost_s in ((19, 0), (30, 30)):
        machine.connected.is_set.return_value = True
        machine.says(1000, 1000)
        heard_ms = machine.clock.now_ms()
        machine.connected.is_set.return_value = False
        for _ in range(gone_s):
            machine.says(1000, 1000)
        assert machine.told == ([CutOff(heard_ms, heard_ms + 21_000)] if lost_s else [])


def test_many_that_fall_silent_are_one_alarm_with_those_named_whose_own_is_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "LOOK_S", 0)
    monkeypatch.setattr(health, "SILENCE_S", 0)
    machine = Machine()
    machine.silent = "20/40: O3, O1"
    ((code, sentence),) = machine.says(1000, 1000)
    assert code == "many_silent"
    assert "20/40: O3, O1" in sentence
