"""What a scenario has happen at a time, apart from what its cores do: power, movement, faults.

Both worlds, virtual and live, take it from here, so that they play the same scenario.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from host.base.errors import UsageError
from host.core.answers import ABSENCE_MS
from host.registry.types import Order
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema.faults import (
    Battery,
    Bounce,
    BrokerCrash,
    CaseOpen,
    Fault,
    Forger,
    HostCrash,
    LateWill,
    Numb,
    Panic,
    Reboot,
    StoreDown,
    StrapCut,
    Twin,
)
from simulator.scenario.schema.operators import Operator

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

    def change(self, order: Order, now_ms: int) -> None:
        """A court gives an order a new version."""

    def operate(self, operator: Operator, now_ms: int) -> None:
        """Somebody in the centre does something about an alarm."""

    def store(self, takes: bool, now_ms: int) -> None:
        """The host's database takes nothing any more, or takes again."""

    def cut_off(self, since_ms: int, now_ms: int) -> None:
        """The host has missed its broker for long enough to act on it."""

    def will(self, unit: str, now_ms: int) -> None:
        """The broker says that a unit is gone, which is there."""


VIRTUAL_ONLY = (
    BrokerCrash | StoreDown | LateWill | Twin | Forger
)  # what only a virtual world can play


class NotVirtual:
    """A stage that refuses, before it begins, what it could not play."""

    def operate(self, operator: Operator, now_ms: int) -> None:
        raise AssertionError(f"{operator.verb} at {now_ms}: it was to be refused")

    def store(self, takes: bool, now_ms: int) -> None:
        raise AssertionError(f"store {takes} at {now_ms}: it was to be refused")

    def cut_off(self, since_ms: int, now_ms: int) -> None:
        raise AssertionError(f"cut off since {since_ms} at {now_ms}: it was to be refused")

    def will(self, unit: str, now_ms: int) -> None:
        raise AssertionError(f"will of {unit} at {now_ms}: it was to be refused")


def refuse_virtual(scenario: Scenario) -> None:
    """Raise UsageError where a scenario has what only a virtual world can play."""
    kinds: set[str] = {
        one.fault for one in scenario.document.faults if isinstance(one, VIRTUAL_ONLY)
    }
    if scenario.document.operators:
        kinds.add("operators")
    if kinds:
        raise UsageError(f"on virtual time only, not --live: {', '.join(sorted(kinds))}")


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
    acts += [_change(*change) for change in scenario.changes]
    acts += [_operate(one, scenario.at_ms(one.at_s)) for one in scenario.document.operators]
    for unit, path in scenario.paths.items():
        turns = [turn for turn in path.turns() if turn[0] > scenario.start_ms]
        for start_ms, end_ms in _numb(scenario, unit):
            turns = [turn for turn in turns if not start_ms <= turn[0] < end_ms]
            turns += [(start_ms, False), (end_ms, path.speed_m_s(end_ms) > 0)]
        acts += [_turn(unit, *turn) for turn in turns]
    return sorted(acts, key=lambda act: act.due_ms)


def _numb(scenario: Scenario, unit: str) -> Iterator[tuple[int, int]]:
    """From when until when its motion sensor feels nothing."""
    for fault in scenario.document.faults:
        if isinstance(fault, Numb) and fault.unit == unit:
            yield scenario.at_ms(fault.at_s), scenario.at_ms(fault.at_s + fault.for_s)


def _power_on(stage: Stage, unit: str, now_ms: int) -> None:
    stage.power_on(unit, now_ms)


def _turn(unit: str, at_ms: int, moving: bool) -> Act:
    return Act(at_ms, unit, lambda stage, unit, now_ms: stage.move(unit, now_ms, moving))


def _change(at_ms: int, order: Order) -> Act:
    return Act(at_ms, "", lambda stage, _, now_ms: stage.change(order, now_ms))


def _operate(operator: Operator, at_ms: int) -> Act:
    return Act(at_ms, "", lambda stage, _, now_ms: stage.operate(operator, now_ms))


def _acts(fault: Fault, at_ms: int) -> Iterator[Act]:
    unit = getattr(fault, "unit", "")
    yield Act(at_ms, unit, lambda stage, unit, now_ms: stage.tell(unit, now_ms, fault.fault))
    if isinstance(fault, HostCrash):
        back_ms = at_ms + round(fault.down_s * 1000)
        yield Act(at_ms, unit, lambda stage, unit, now_ms: stage.crash_host(unit, now_ms))
        yield Act(back_ms, unit, lambda stage, unit, now_ms: stage.restart_host(unit, now_ms))
    elif isinstance(fault, BrokerCrash):
        if fault.down_s * 1000 > ABSENCE_MS:
            told_ms = at_ms + ABSENCE_MS
            yield Act(told_ms, unit, lambda stage, _, now_ms: stage.cut_off(at_ms, now_ms))
    elif isinstance(fault, StoreDown):
        until_ms = at_ms + round(fault.for_s * 1000)
        yield Act(at_ms, unit, lambda stage, _, now_ms: stage.store(False, now_ms))
        yield Act(until_ms, unit, lambda stage, _, now_ms: stage.store(True, now_ms))
    elif isinstance(fault, LateWill):
        yield Act(at_ms, unit, lambda stage, unit, now_ms: stage.will(unit, now_ms))
    elif isinstance(fault, Reboot):
        back_ms = at_ms + round(fault.down_s * 1000)
        yield Act(at_ms, unit, lambda stage, unit, now_ms: stage.power_off(unit, now_ms))
        yield Act(back_ms, unit, _power_on)
    elif isinstance(fault, Battery):
        pct = fault.pct
        yield Act(at_ms, unit, lambda stage, unit, now_ms: stage.discharge(unit, now_ms, pct))
    else:
        yield from _moved_contacts(fault, at_ms, unit)


def _moved_contacts(fault: Fault, at_ms: int, unit: str) -> Iterator[Act]:
    if isinstance(fault, StrapCut):
        yield _pin(at_ms, unit, "strap", 1)
    elif isinstance(fault, CaseOpen):
        yield _pin(at_ms, unit, "case", 1)
    elif isinstance(fault, Bounce):
        edges = round(fault.for_s * fault.edges_per_s) // 2 * 2  # closed in the end
        for edge in range(edges):
            edge_ms = at_ms + 1000 * edge // fault.edges_per_s
            yield _pin(edge_ms, unit, fault.contact, 1 - edge % 2)
    elif isinstance(fault, Panic):
        yield _pin(at_ms, unit, "panic", 1)
        yield _pin(at_ms + PRESSED_MS, unit, "panic", 0)


def _pin(at_ms: int, unit: str, pin: str, value: int) -> Act:
    return Act(at_ms, unit, lambda stage, unit, now_ms: stage.pin(unit, now_ms, pin, value))
