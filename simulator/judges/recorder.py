"""What host and units promised, told and sent in one run, over time, kept for the judges."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from host.core.centre import Centre
from host.core.outcome import Outcome
from host.proximity.types import Condition
from protocol import command
from protocol.seal import down_channel
from simulator.parts.virtual_unit import Signal, VirtualUnit
from simulator.scenario.scenario import Scenario
from simulator.worlds.witness import Nobody

Timeline = list[tuple[int, int]]  # (from when, what holds from then on), in order of time


class Told(NamedTuple):
    """A command on its way to a unit."""

    at_ms: int
    unit: str
    sealed: bytes
    command: Any


class Recorder(Nobody):
    """Of the host's promises and of the units' own: until when each holds, 0 for none."""

    def __init__(self, scenario: Scenario) -> None:
        self.host_until: dict[str, Timeline] = defaultdict(list)  # by order
        self.host_unassured: dict[str, Timeline] = defaultdict(list)  # by order, 1 while so
        self.unit_until: dict[str, Timeline] = defaultdict(list)  # by victim's unit
        self.uncovered: dict[str, Timeline] = defaultdict(list)  # by victim's unit, 1 while so
        self.powerless: dict[str, Timeline] = defaultdict(list)  # by unit, 1 while so
        self.host_down: Timeline = []  # 1 while there is none
        self.presented: list[tuple[str, int]] = []  # (unit, warning id)
        self.told_units: list[Told] = []
        self._wire = sha256()
        self._channels = {
            name: down_channel(scenario.key_of(name), name, 1) for name in scenario.document.units
        }

    @property
    def digest(self) -> str:
        """Of every byte sent either way."""
        return self._wire.hexdigest()

    def host_stands(self, centre: Centre, outcomes: Sequence[Outcome], now_ms: int) -> None:  # noqa: ARG002
        for name, state in centre.roster.orders.items():
            assured = state.condition is Condition.ASSURED
            _note(self.host_until[name], now_ms, state.until_ms if assured else 0)
            unassured = state.condition is Condition.UNASSURED
            _note(self.host_unassured[name], now_ms, int(unassured))

    def host_started(self, centre: Centre, now_ms: int) -> None:  # noqa: ARG002
        _note(self.host_down, now_ms, 0)

    def host_died(self, now_ms: int) -> None:
        _note(self.host_down, now_ms, 1)
        for timeline in self.host_until.values():
            _note(timeline, now_ms, 0)

    def told(self, unit: str, sealed: bytes, now_ms: int) -> None:
        self._wire.update(sealed)
        said = command.decode(sealed, self._channels[unit])
        self.told_units.append(Told(now_ms, unit, sealed, said))

    def sent(self, unit: str, message: bytes, now_ms: int) -> None:  # noqa: ARG002
        self._wire.update(message)

    def unit_died(self, unit: str, now_ms: int) -> None:
        _note(self.powerless[unit], now_ms, 1)
        _note(self.unit_until[unit], now_ms, 0)
        _note(self.uncovered[unit], now_ms, 0)

    def unit_stands(self, unit: VirtualUnit, felt: Sequence[Signal], now_ms: int) -> None:
        self.presented += [(unit.name, warning_id) for _, _, _, warning_id in felt if warning_id]
        _note(self.powerless[unit.name], now_ms, int(not unit.has_power))
        _note(self.unit_until[unit.name], now_ms, unit.assured_until_ms)
        _note(self.uncovered[unit.name], now_ms, int(unit.uncovered))


def _note(timeline: Timeline, now_ms: int, what: int) -> None:
    """Add what holds from now on, if it is news; the last word of an instant counts."""
    if timeline and timeline[-1][0] == now_ms:
        timeline.pop()
    if not timeline or timeline[-1][1] != what:
        timeline.append((now_ms, what))
