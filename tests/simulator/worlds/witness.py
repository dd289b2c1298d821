"""A world with a witness: what host and units promised, told and sent, all of it, over time."""

from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from host.core.outcome import Input
from host.proximity.types import Condition
from protocol import command
from protocol.seal import down_channel
from simulator.scenario.scenario import Scenario
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.report import Event
from simulator.worlds.virtual import World

Timeline = list[tuple[int, int]]  # (from when, what holds from then on)


class Told(NamedTuple):
    """A command on its way to a unit."""

    at_ms: int
    unit: str
    sealed: bytes
    command: Any


class Witness(World):
    """Of the host's promises and of the units' own: until when each holds, 0 for none."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.events: list[Event] = []
        self.chronicle = Chronicle(scenario, self.events.append)
        super().__init__(scenario, self.chronicle, folder)
        self.scenario = scenario
        self.host_until: dict[str, Timeline] = defaultdict(list)  # by order
        self.host_unassured: dict[str, Timeline] = defaultdict(list)  # by order, 1 while so
        self.unit_until: dict[str, Timeline] = defaultdict(list)  # by victim's unit
        self.uncovered: dict[str, Timeline] = defaultdict(list)  # by victim's unit, 1 while so
        self.presented: list[tuple[str, int]] = []
        self.told: list[Told] = []
        self._promised: dict[str, bool] = {}
        self._wire = sha256()
        self._channels = {
            name: down_channel(scenario.key_of(name), name, 1) for name in scenario.document.units
        }

    @property
    def digest(self) -> str:
        """Of every byte sent either way, and of all that was told."""
        wire = self._wire.copy()
        wire.update(repr(self.events).encode())
        return wire.hexdigest()

    # What the host says

    def _step_host(self, inputs: list[Input], now_ms: int) -> None:
        super()._step_host(inputs, now_ms)
        if self._host is None:
            return
        for name, state in self._host.centre.roster.orders.items():
            assured = state.condition is Condition.ASSURED
            self.host_until[name].append((now_ms, state.until_ms if assured else 0))
            unassured = state.condition is Condition.UNASSURED
            self.host_unassured[name].append((now_ms, int(unassured)))

    def crash_host(self, unit: str, now_ms: int) -> None:
        super().crash_host(unit, now_ms)
        for timeline in self.host_until.values():
            timeline.append((now_ms, 0))

    def _send_down(self, name: str, sealed: bytes, kept: bool) -> None:
        self._wire.update(sealed)
        said = command.decode(sealed, self._channels[name])
        self.told.append(Told(self._now_ms, name, sealed, said))
        super()._send_down(name, sealed, kept)

    def _arrive_up(self, name: str, now_ms: int, message: bytes) -> None:
        self._wire.update(message)
        super()._arrive_up(name, now_ms, message)

    # What her unit says

    def power_on(self, unit: str, now_ms: int) -> None:
        self._promised[unit] = False
        super().power_on(unit, now_ms)
        core = self._units[unit]._core
        assurance = None if core is None else core._assurance
        if assurance is None:
            return
        take = assurance.answer

        def answer(
            flags: int, until_ms: int | None, left_pct: int, moved_ms: int | None, now_ms: int
        ) -> None:
            take(flags, until_ms, left_pct, moved_ms, now_ms)
            if flags & command.WATCHED:
                self._promised[unit] = False
            elif until_ms is not None:
                self._promised[unit] = True

        assurance.answer = answer  # type: ignore[method-assign]

    def power_off(self, unit: str, now_ms: int) -> None:
        super().power_off(unit, now_ms)
        self.unit_until[unit].append((now_ms, 0))
        self.uncovered[unit].append((now_ms, 0))

    def _drain(self, name: str, now_ms: int) -> None:
        unit = self._units[name]
        if unit._core is not None:
            felt = [signal[3] for signal in unit._core.signals if signal[3]]
            self.presented += [(name, warning_id) for warning_id in felt]
        super()._drain(name, now_ms)
        if unit._core is not None and unit._core._assurance is not None:
            assurance = unit._core._assurance
            until_ms = assurance.until_ms + unit._booted_ms if self._promised[name] else 0
            self.unit_until[name].append((now_ms, until_ms))
            self.uncovered[name].append((now_ms, int(assurance.lost)))
