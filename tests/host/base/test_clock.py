"""The host's clock: drift is made good slowly, a step is told and not followed."""

import time

import pytest
from pytest_mock import MockerFixture

from host.base.clock import STEP_MS, Clock, iso

START_MS = 1_780_000_000_000


class Machine:
    """A machine's two clocks: the one that people and the network set, and the time since it was
    started, which goes on while it sleeps."""

    def __init__(self) -> None:
        self.system = START_MS
        self.steady = 5000

    def passes(self, ms: int) -> None:
        self.system += ms
        self.steady += ms

    def is_paused(self, ms: int) -> None:
        """A virtual machine stands still, and then the network tells it what time it is."""
        self.system += ms

    def clock(self, epoch_ms: int | None = None, speed: float = 1.0) -> Clock:
        return Clock(epoch_ms, speed, system_ms=lambda: self.system, steady_ms=lambda: self.steady)


def test_it_keeps_the_systems_time() -> None:
    machine = Machine()
    clock = machine.clock()
    assert clock.now_ms() == START_MS
    machine.passes(1234)
    assert clock.now_ms() == START_MS + 1234


@pytest.mark.parametrize("drift_ms", [-1500, -20, 20, 1500])
def test_drift_is_made_good_without_a_jump(drift_ms: int) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.system += drift_ms
    before = clock.now_ms()
    for _ in range(400):
        machine.passes(100)
        now = clock.now_ms()
        assert 94 <= now - before <= 106
        before = now
    assert abs(before - machine.system) <= 1
    assert clock.step_ms == 0


@pytest.mark.parametrize("step_ms", [-86_400_000, -STEP_MS - 1, STEP_MS + 1, 86_400_000])
def test_a_step_is_told_and_not_followed(step_ms: int) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.system += step_ms
    machine.passes(10_000)
    assert clock.now_ms() == START_MS + 10_000
    assert clock.step_ms == step_ms
    machine.system -= step_ms
    clock.now_ms()
    assert clock.step_ms == 0


def test_while_the_machine_slept_time_went_on() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.passes(8 * 3_600_000)  # in one piece
    assert (clock.now_ms(), clock.step_ms) == (START_MS + 8 * 3_600_000, 0)
    machine.passes(1000)
    assert (clock.now_ms(), clock.step_ms) == (START_MS + 8 * 3_600_000 + 1000, 0)


def test_a_pause_that_no_clock_of_the_machines_confirms_is_told_until_somebody_restarts() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.is_paused(600_000)
    machine.passes(1000)
    assert (clock.now_ms(), clock.step_ms) == (START_MS + 1000, 600_000)
    restarted = machine.clock()
    assert (restarted.now_ms(), restarted.step_ms) == (START_MS + 601_000, 0)


def test_it_goes_by_the_clock_that_goes_on_while_the_machine_sleeps(mocker: MockerFixture) -> None:
    read = mocker.patch("host.base.clock.time.clock_gettime_ns", return_value=10**9)
    clock = Clock(epoch_ms=0)
    read.return_value += 3600 * 10**9
    assert clock.now_ms() == 3_600_000
    assert {call.args for call in read.call_args_list} == {(time.CLOCK_BOOTTIME,)}


def test_it_never_goes_back() -> None:
    machine = Machine()
    clock = machine.clock()
    latest = clock.now_ms()
    for system in (-1999, 1999, -1999, 0):
        machine.system = START_MS + system
        machine.steady += 1
        now = clock.now_ms()
        assert now >= latest
        latest = now


def test_an_accelerated_clock_runs_on_its_own() -> None:
    machine = Machine()
    clock = machine.clock(epoch_ms=1000, speed=60)
    machine.passes(500)
    machine.system += 10**9
    assert clock.now_ms() == 1000 + 30_000
    assert clock.step_ms == 0
    assert clock.wait_s(1000 + 90_000) == 1.0
    assert clock.wait_s(0) == 0.0


def test_instants_are_written_as_iso_8601() -> None:
    assert iso(1_780_000_000_007) == "2026-05-28T20:26:40.007Z"
    assert iso(-1) == "1969-12-31T23:59:59.999Z"
