"""What a scenario has happen at a time, apart from what its cores do: power, movement, faults.

Both worlds, virtual and live, take it from here, so that they play the same scenario.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from simulator.scenario.scenario import Scenario
from simulator.scenario.schema.faults import (
    Battery,
    CaseOpen,
    Fault,
    HostCrash,
    Panic,
    Reboot,
    StrapCut,
)

PRESSED_MS = 3_000  # for how long a panic button is pressed


class Stage(Protocol):
    """A world in which it happens. `unit` is "" for the host."""

    def tell(self, unit: str, now_ms: int, fault: str) -> None:
        """Say that a fault begins."""

    def power_on(self, unit: str, now_ms: int) -> None:
        """A unit starts."""

    def power_off(self, unit: str, now_ms: int) -> None:
        """A unit's power fails."""

    def move(self, unit: str, now_ms: int, moving: bool) -> None:
        """A wearer begins to move, or stops."""

    def pin(self, unit: str, now_ms: int, pin: str, value: int) -> None:
        """A contact changes."""

    def discharge(self, unit: str, now_ms: int, pct: int) -> None:
        """A battery has this charge now."""

    def crash_host(self, unit: str, now_ms: int) -> None:
        """The host's process dies."""

    def restart_host(self, unit: str, now_ms: int) -> None:
        """It starts again."""


class Act(NamedTuple):
    """`perform(stage, unit, now_ms)` is called at `due_ms`."""

    due_ms: int
    unit: str
    perform: Callable[[Stage, str, int], None]


def agenda(scenario: Scenario) -> list[Act]:
    """Every act in order of time; at the same time power first, then faults, then movement."""
    acts = [Act(scenario.start_ms, unit, _power_on) for unit in scenario.document.units]
    for fault in scenario.document.faults:
        acts += _acts(fault, scenario.at_ms(fault.at_s))
    for unit, path in scenario.paths.items():
        acts += [_turn(unit, *turn) for turn in path.turns() if turn[0] > scenario.start_ms]
    return sorted(acts, key=lambda act: act.due_ms)


def _power_on(stage: Stage, unit: str, now_ms: int) -> None:
    stage.power_on(unit, now_ms)


def _turn(unit: str, at_ms: int, moving: bool) -> Act:
    return Act(at_ms, unit, lambda stage, unit, now_ms: stage.move(unit, now_ms, moving))


def _acts(fault: Fault, at_ms: int) -> Iterator[Act]:
    unit = "" if isinstance(fault, HostCrash) else fault.unit
    yield Act(at_ms, unit, lambda stage, unit, now_ms: stage.tell(unit, now_ms, fault.fault))
    if isinstance(fault, HostCrash):
        back_ms = at_ms + round(fault.down_s * 1000)
        yield Act(at_ms, unit, lambda stage, unit, now_ms: stage.crash_host(unit, now_ms))
        yield Act(back_ms, unit, lambda stage, unit, now_ms: stage.restart_host(unit, now_ms))
    elif isinstance(fault, Reboot):
        back_ms = at_ms + round(fault.down_s * 1000)
        yield Act(at_ms, unit, lambda stage, unit, now_ms: stage.power_off(unit, now_ms))
        yield Act(back_ms, unit, _power_on)
    elif isinstance(fault, StrapCut):
        yield _pin(at_ms, unit, "strap", 1)
    elif isinstance(fault, CaseOpen):
        yield _pin(at_ms, unit, "case", 1)
    elif isinstance(fault, Panic):
        yield _pin(at_ms, unit, "panic", 1)
        yield _pin(at_ms + PRESSED_MS, unit, "panic", 0)
    elif isinstance(fault, Battery):
        pct = fault.pct
        yield Act(at_ms, unit, lambda stage, unit, now_ms: stage.discharge(unit, now_ms, pct))


def _pin(at_ms: int, unit: str, pin: str, value: int) -> Act:
    return Act(at_ms, unit, lambda stage, unit, now_ms: stage.pin(unit, now_ms, pin, value))
